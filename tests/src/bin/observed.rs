//! A program as it is deployed, for what it costs to guard and to watch it: an agent that says what it was told.
//!
//! `RUST_LOG=info ALPHORA_API_KEYS_FILE=keys.toml cargo run -p alphora-tests --features otel --bin observed`
//!
//! It listens on a free port of the loopback interface, says which, and ends when its standard input is closed, so that
//! nothing is left of a harness that died.

use alphora::prelude::*;
use alphora_tests::serve_announced;

#[agent]
struct Echo {
    #[agent(stream)]
    stream: DataStreamer,
}

#[agent(path = "/echo")]
impl Echo {
    async fn run(&mut self, request: OpenAIRequest) -> Result<(), AgentError> {
        self.stream.text(request.get_user_query()).await?;
        Ok(())
    }
}

#[alphora::main]
async fn main() -> alphora::Result {
    serve_announced("observed", alphora::publish(Echo::new())).await
}
