//! The seed's production configuration: logging, long sessions, a path and titles of its own.
//!
//! ```text
//! OPENAI_BASE_URL=http://localhost:18080/v1 OPENAI_MODEL=smollm2 cargo run -p alphora-examples --example production
//!
//! curl -N localhost:8000/api/v1/chat/completions -H 'Content-Type: application/json' \
//!   -d '{"messages": [{"role": "user", "content": "Name a planet."}], "session_id": "user-001"}'
//! curl -N localhost:8000/api/v1/chat/completions -H 'Content-Type: application/json' \
//!   -d '{"messages": [{"role": "user", "content": "And another one."}], "session_id": "user-001"}'
//! ```
//!
//! The seed's `logging.basicConfig(level=logging.INFO)` is what `#[alphora::main]` does; `RUST_LOG=debug` shows more,
//! `ALPHORA_LOG=json` writes JSON. One process uses all cores, where the seed starts four workers.

use std::time::Duration;

use alphora::prelude::*;

#[agent]
struct Assistant {
    llm: OpenAILike,
    #[agent(memory)]
    memory: MemoryManager,
    #[agent(stream)]
    stream: DataStreamer,
}

#[agent]
impl Assistant {
    async fn run(&mut self, request: OpenAIRequest) -> alphora::Result {
        self.memory.add_user(request.get_user_query());
        // Of a long conversation the model reads the last 20 rounds, and of those at most 6,000 tokens.
        let history = self.memory.build_history().max_rounds(20).max_tokens(6000);
        let mut reply = self.llm.acall(history).max_tokens(200).await?;
        // Text as text, thinking as thinking, piece by piece.
        reply.send_to(&self.stream).await?;
        self.memory.add_assistant(reply.response().await?);
        self.stream.stop().await
    }
}

#[alphora::main]
async fn main() -> alphora::Result {
    let config = AssistantConfig {
        path: "/api/v1".into(),
        memory_ttl: Duration::from_hours(1),
        max_memory_items: 10_000,
        auto_clean_interval: Duration::from_mins(5),
        api_title: "Production Agent API".into(),
        api_description: "生产环境智能助手服务".into(),
        ..Default::default()
    };
    publish(Assistant::new(OpenAILike::from_env()?)).config(config).serve().await
}
