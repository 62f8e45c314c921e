//! Serves an agent whose client writes what it shall do, as an operator starts and stops a server.
//!
//! `ALPHORA_ADDR=127.0.0.1:8000 cargo run -p alphora-tests --bin scripted`

use std::sync::Arc;

use alphora_tests::Scripted;

#[alphora::main]
async fn main() -> alphora::Result {
    alphora::publish(Scripted::new(Arc::default())).serve().await
}
