//! The seed's basic agent: it asks a language model, shows the answer while it is written, and remembers.
//!
//! Any OpenAI-compatible server will do; two variables say which:
//!
//! ```text
//! OPENAI_BASE_URL=http://localhost:18080/v1 OPENAI_MODEL=smollm2 cargo run -p alphora-examples --example basic_agent
//!
//! curl -N localhost:8000/api/v1/chat/completions -H 'Content-Type: application/json' \
//!   -d '{"messages": [{"role": "user", "content": "My name is Zhang San."}], "session_id": "user-001"}'
//! curl -N localhost:8000/api/v1/chat/completions -H 'Content-Type: application/json' \
//!   -d '{"messages": [{"role": "user", "content": "What is my name?"}], "session_id": "user-001"}'
//! ```
//!
//! For OpenAI itself, `OPENAI_API_KEY` and `OPENAI_MODEL` are enough.

use std::time::Duration;

use alphora::prelude::*;

#[agent]
struct MyAgent {
    llm: OpenAILike, // shared by all requests
    #[agent(memory)]
    memory: MemoryManager, // this session's
    #[agent(stream)]
    stream: DataStreamer, // this request's
}

#[agent]
impl MyAgent {
    async fn run(&mut self, request: OpenAIRequest) -> alphora::Result {
        // Remember what the user says.
        self.memory.add_user(request.get_user_query());

        // Ask the model.
        let mut result = self.llm.acall(self.memory.build_history()).await?;

        // Show the answer while it comes.
        while let Some(chunk) = result.next().await {
            self.stream.send("text", chunk?.content).await?;
        }

        // Remember it.
        self.memory.add_assistant(result.response().await?);
        self.stream.stop().await
    }
}

#[alphora::main]
async fn main() -> alphora::Result {
    let llm = OpenAILike::from_env()?;
    let config = MyAgentConfig {
        path: "/api/v1".into(),
        memory_ttl: Duration::from_hours(2),
        max_memory_items: 500,
        api_title: "My Agent API".into(),
        api_description: "智能助手 API 服务".into(),
        ..Default::default()
    };
    publish(MyAgent::new(llm)).config(config).serve().await
}

#[cfg(test)]
mod tests {
    use alphora::prelude::*;
    use alphora::testing::ScriptedModel;

    use super::MyAgent;

    #[tokio::test]
    async fn it_answers_and_remembers() {
        let model = ScriptedModel::new(["Hello, Zhang San."]);
        let mut agent = MyAgent {
            llm: OpenAILike::from_model(model.clone()),
            memory: MemoryManager::default(),
            stream: DataStreamer::capture(),
        };
        agent.run(OpenAIRequest::user("I am Zhang San.")).await.unwrap();
        assert_eq!(agent.stream.captured(), [("text", "Hello, Zhang San.")]);
        assert_eq!(agent.memory.len(), 2);
        assert_eq!(model.requests()[0].messages[0].text(), "I am Zhang San.");
    }
}
