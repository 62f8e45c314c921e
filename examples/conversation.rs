//! A conversation that remembers and does not grow for ever: instructions, a pinned fact, a window, and a summary.
//!
//! ```text
//! OPENAI_BASE_URL=http://localhost:18080/v1 OPENAI_MODEL=smollm2 cargo run -p alphora-examples --example conversation
//!
//! curl -N localhost:8000/alphadata/chat/completions -H 'Content-Type: application/json' \
//!   -d '{"messages": [{"role": "user", "content": "remember: my name is Zhang San"}], "session_id": "user-001"}'
//! curl -N localhost:8000/alphadata/chat/completions -H 'Content-Type: application/json' \
//!   -d '{"messages": [{"role": "user", "content": "What is my name?"}], "session_id": "user-001"}'
//! ```

use alphora::prelude::*;

#[agent]
struct Companion {
    llm: OpenAILike,
    #[agent(memory)]
    memory: MemoryManager,
    #[agent(stream)]
    stream: DataStreamer,
}

#[agent]
impl Companion {
    async fn run(&mut self, request: OpenAIRequest) -> alphora::Result {
        if self.memory.is_empty() {
            self.memory.add_system("You are a friendly assistant. Answer in one short sentence.");
        }
        let query = request.get_user_query();
        let said = self.memory.add_user(query.as_ref());
        if query.starts_with("remember:") {
            // Whatever the window leaves out, this stays.
            self.memory.pin(said);
        }

        let history = self.memory.build_history().max_rounds(8).max_tokens(3000);
        let mut reply = self.llm.acall(history).max_tokens(60).await?;
        reply.send_to(&self.stream).await?;
        self.memory.add_assistant(reply.response().await?);

        // Of a long conversation the older part becomes a summary.
        if self.memory.statistics().rounds > 16 {
            let llm = self.llm.clone();
            self.memory
                .compress(8, async move |mut older: Vec<Message>| {
                    older.push(Message::user("Sum up our conversation so far in three sentences."));
                    let mut reply = llm.acall(older).await?;
                    Ok::<_, ModelError>(reply.response().await?.to_owned())
                })
                .await?;
        }
        self.stream.stop().await
    }
}

#[alphora::main]
async fn main() -> alphora::Result {
    publish(Companion::new(OpenAILike::from_env()?)).serve().await
}
