//! The README's quick start: an agent that greets, thinks aloud and remembers.
//!
//! ```sh
//! cargo run -p alphora-examples --example quick_start
//! curl -N http://127.0.0.1:8000/alphadata/chat/completions -H 'Content-Type: application/json' \
//!   -d '{"messages": [{"role": "user", "content": "hello"}], "session_id": "me"}'
//! ```

use alphora::prelude::*;

/// Greets, and remembers what was said.
#[agent]
struct Greeter {
    greeting: String,
    #[agent(memory)]
    memory: MemoryManager, // this session's
    #[agent(stream)]
    stream: DataStreamer, // this request's
}

#[agent(memory_ttl = 7200, api_title = "{agent_name} API")]
impl Greeter {
    async fn run(&mut self, request: OpenAIRequest) -> alphora::Result {
        self.memory.add_user(request.get_user_query());
        self.stream.thinking("whom do I know?").await?;
        let answer = format!("{} (you have written {} times)", self.greeting, self.memory.len());
        self.stream.text(answer).await?;
        self.stream.stop().await
    }
}

#[alphora::main]
async fn main() -> alphora::Result {
    alphora::publish(Greeter::new("Hello!".into())).serve().await
}
