//! The seed's agent with tools: the loop of call, execute and call again, written out by hand.
//!
//! ```text
//! OPENAI_BASE_URL=http://localhost:18080/v1 OPENAI_MODEL=smollm2 cargo run -p alphora-examples --example tool_agent
//!
//! curl -N localhost:8000/alphadata/chat/completions -H 'Content-Type: application/json' \
//!   -d '{"messages": [{"role": "user", "content": "Search the web for Rust."}], "session_id": "user-001"}'
//! curl -N localhost:8000/alphadata/chat/completions -H 'Content-Type: application/json' \
//!   -d '{"messages": [{"role": "user", "content": "Search the web for Tokio."}], "session_id": "user-001"}'
//! ```
//!
//! `clock.rs` does the same in three lines.

use alphora::prelude::*;

/// Search the web.
#[tool]
fn search_web(query: String) -> String {
    format!("Search results for {query}: a language for software that is fast and does not fail.")
}

#[agent(new = false)]
struct ToolAgent {
    llm: OpenAILike,
    registry: ToolRegistry,
    executor: ToolExecutor,
    #[agent(memory)]
    memory: MemoryManager,
    #[agent(stream)]
    stream: DataStreamer,
}

impl ToolAgent {
    fn new(llm: OpenAILike) -> alphora::Result<Self> {
        let mut registry = ToolRegistry::new();
        registry.register(search_web)?;
        let executor = ToolExecutor::new(&registry);
        Ok(Self {
            llm,
            registry,
            executor,
            memory: MemoryManager::default(),
            stream: DataStreamer::default(),
        })
    }
}

#[agent]
impl ToolAgent {
    async fn run(&mut self, request: OpenAIRequest) -> alphora::Result {
        self.memory.add_user(request.get_user_query());

        // Ask the model, which may call a tool.
        let tools = self.registry.get_all_tools();
        let mut result = self.llm.acall(self.memory.build_history()).tools(tools).await?;

        if result.has_tool_calls().await? {
            // What the model says before its call.
            result.send_to(&self.stream).await?;
            self.stream.send("thinking", "calling a tool...").await?;
            let tool_results = self.executor.execute(result.tool_calls().await?).await;
            self.memory.add_assistant(result.message().await?);
            self.memory.add_tool_result(tool_results);

            // Go on with the results.
            let mut final_result = self.llm.acall(self.memory.build_history()).await?;
            while let Some(chunk) = final_result.next().await {
                self.stream.send("text", chunk?.content).await?;
            }
            self.memory.add_assistant(final_result.message().await?);
        } else {
            while let Some(chunk) = result.next().await {
                self.stream.send("text", chunk?.content).await?;
            }
            self.memory.add_assistant(result.message().await?);
        }

        self.stream.stop().await
    }
}

#[alphora::main]
async fn main() -> alphora::Result {
    publish(ToolAgent::new(OpenAILike::from_env()?)?).serve().await
}

#[cfg(test)]
mod tests {
    use alphora::prelude::*;
    use alphora::testing::{ScriptedReply, scripted};

    use super::{ToolAgent, search_web};

    fn agent(replies: impl IntoIterator<Item = ScriptedReply>) -> ToolAgent {
        ToolAgent { stream: DataStreamer::capture(), ..ToolAgent::new(scripted(replies)).unwrap() }
    }

    #[test]
    fn a_tool_is_still_a_function() {
        assert!(search_web("Rust".into()).starts_with("Search results for Rust"));
    }

    #[tokio::test]
    async fn it_calls_the_tool_and_goes_on_with_the_result() {
        let mut agent = agent([
            ScriptedReply::tool_call("search_web", r#"{"query": "Rust"}"#),
            ScriptedReply::text(["Rust is ", "a language."]),
        ]);
        agent.run(OpenAIRequest::user("what is Rust?")).await.unwrap();
        let sent = [("thinking", "calling a tool..."), ("text", "Rust is "), ("text", "a language.")];
        assert_eq!(agent.stream.captured(), sent);
        let said: Vec<_> = agent.memory.messages().map(|message| message.role.clone()).collect();
        assert_eq!(said, [Role::User, Role::Assistant, Role::Tool, Role::Assistant]);
    }

    #[tokio::test]
    async fn it_answers_by_itself() {
        let mut agent = agent(["Hello.".into()]);
        agent.run(OpenAIRequest::user("hi")).await.unwrap();
        assert_eq!(agent.stream.captured(), [("text", "Hello.")]);
    }
}
