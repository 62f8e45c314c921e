//! The shortest agent: no key, no model, nothing to install.
//!
//! ```text
//! cargo run -p alphora-examples --example hello
//!
//! curl -N localhost:8000/alphadata/chat/completions -H 'Content-Type: application/json' \
//!   -d '{"messages": [{"role": "user", "content": "I am new here"}]}'
//! ```

use alphora::prelude::*;

#[agent]
struct Hello;

#[agent]
impl Hello {
    async fn run(&self, request: OpenAIRequest) -> String {
        format!("Hello! You said: {}", request.get_user_query())
    }
}

#[alphora::main]
async fn main() -> alphora::Result {
    publish(Hello).serve().await
}
