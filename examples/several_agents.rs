//! Several agents in one server, one of them with two endpoints.
//!
//! ```text
//! cargo run -p alphora-examples --example several_agents
//!
//! curl localhost:8000/greeter/chat/completions -H 'Content-Type: application/json' \
//!   -d '{"messages": [{"role": "user", "content": "Ada"}], "stream": false}'
//! curl localhost:8000/text/upper/chat/completions -H 'Content-Type: application/json' \
//!   -d '{"messages": [{"role": "user", "content": "quietly"}], "stream": false}'
//! ```
//!
//! OpenAI's clients have one address for all of them. There, `model` says which:
//!
//! ```text
//! curl localhost:8000/v1/models
//! curl localhost:8000/v1/chat/completions -H 'Content-Type: application/json' \
//!   -d '{"model": "TextTools.count", "messages": [{"role": "user", "content": "one two three"}]}'
//! ```

use alphora::prelude::*;

#[agent]
struct Greeter {
    greeting: &'static str,
}

#[agent(path = "/greeter", name = "greeter")]
impl Greeter {
    async fn run(&self, request: OpenAIRequest) -> String {
        format!("{}, {}!", self.greeting, request.get_user_query())
    }
}

#[agent]
struct TextTools;

#[agent]
impl TextTools {
    #[agent(path = "/text/upper")]
    async fn upper(&self, request: OpenAIRequest) -> String {
        request.get_user_query().to_uppercase()
    }

    #[agent(path = "/text/count")]
    async fn count(&self, request: OpenAIRequest) -> String {
        format!("{} words", request.get_user_query().split_whitespace().count())
    }
}

#[alphora::main]
async fn main() -> alphora::Result {
    publish(Greeter::new("Good morning")).and(TextTools).serve().await
}
