//! The seed's basic server under the seed's names: an agent with a memory and a stream, and `publish_agent_api`.
//!
//! ```text
//! cargo run -p alphora-examples --example publish_agent_api
//!
//! curl -N localhost:8000/api/v1/chat/completions -H 'Content-Type: application/json' \
//!   -d '{"messages": [{"role": "user", "content": "你好"}], "session_id": "test-session"}'
//! ```
//!
//! `#[alphora::main]` has set up logging: `RUST_LOG=debug` shows more, `ALPHORA_LOG=json` writes JSON. In place of
//! the last three lines, `publish(MyAgent::new()).config(config).serve().await` needs no listener, and stops in
//! order when it is told to.

use std::time::Duration;

use alphora::prelude::*;
use tokio::net::TcpListener;

#[agent]
struct MyAgent {
    #[agent(memory)]
    memory: MemoryManager,
    #[agent(stream)]
    stream: DataStreamer,
}

#[agent]
impl MyAgent {
    async fn run(&mut self, request: OpenAIRequest) -> alphora::Result {
        self.memory.add_user(request.get_user_query());

        let mut reply = String::new();
        for piece in model(&self.memory.build_history().into_messages()?) {
            self.stream.send("text", &piece).await?;
            reply.push_str(&piece);
        }

        self.memory.add_assistant(reply);
        self.stream.stop().await
    }
}

/// Stands in for a language model, so that this runs without a key: an answer in pieces, from the whole history.
fn model(history: &[Message]) -> Vec<String> {
    let questions = history.iter().filter(|message| message.role == Role::User).count();
    let last = history.last().map(Message::text).unwrap_or_default();
    format!("You said {last}, which is number {questions} of this session.")
        .split_inclusive(' ')
        .map(str::to_owned)
        .collect()
}

#[alphora::main]
async fn main() -> alphora::Result {
    let config = MyAgentConfig {
        path: "/api/v1".into(),
        memory_ttl: Duration::from_hours(1),
        max_memory_items: 10_000,
        auto_clean_interval: Duration::from_mins(5),
        api_title: "Production Agent API".into(),
        api_description: "生产环境智能助手服务".into(),
        ..Default::default()
    };
    let app = publish_agent_api(MyAgent::new(), config)?;

    let addr = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8000".to_owned());
    axum::serve(TcpListener::bind(addr).await?, app).await?;
    Ok(())
}
