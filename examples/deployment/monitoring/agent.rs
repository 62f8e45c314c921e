//! An agent whose user says what goes wrong, for `check.sh`, which looks whether dashboard and alerts show it.
//!
//! ```text
//! cargo run -p alphora-examples --example monitored
//!
//! curl -N localhost:8000/v1/chat/completions -H 'Content-Type: application/json' \
//!   -d '{"messages": [{"role": "user", "content": "model"}]}'
//! curl localhost:8000/metrics
//! ```

use std::time::Duration;

use alphora::prelude::*;
use alphora::testing::{ScriptedModel, ScriptedReply};
use alphora::{ModelError, ModelErrorKind};

/// Finds what is sought, unless it is nothing.
#[tool]
fn search(query: String) -> Result<String, String> {
    if query.is_empty() {
        Err("there is nothing to search for".to_owned())
    } else {
        Ok(format!("found {query}"))
    }
}

#[agent(new = false)]
struct Monitored {
    llm: OpenAILike,
    executor: ToolExecutor,
    model: ScriptedModel,
    #[agent(memory)]
    memory: MemoryManager,
    #[agent(stream)]
    stream: DataStreamer,
}

impl Monitored {
    fn new() -> alphora::Result<Self> {
        let mut registry = ToolRegistry::new();
        registry.register(search)?;
        let model = ScriptedModel::default();
        Ok(Self {
            llm: OpenAILike::from_model(model.clone()),
            executor: ToolExecutor::new(&registry),
            model,
            memory: MemoryManager::default(),
            stream: DataStreamer::default(),
        })
    }
}

/// What an agent's author never means to happen.
#[expect(clippy::panic, reason = "it shows what is counted of it")]
fn give_up() -> ! {
    panic!("it was asked to panic")
}

#[agent]
impl Monitored {
    async fn run(&mut self, request: OpenAIRequest) -> Result<(), AgentError> {
        let wish = request.get_user_query();
        match wish.split(' ').collect::<Vec<_>>()[..] {
            ["fail"] => return Err("it was asked to fail".into()),
            ["panic"] => give_up(),
            ["refuse"] => return Err(AgentError::public(422, "", "it was asked to refuse")),
            ["hang"] => std::future::pending().await,
            ["wait", seconds] => tokio::time::sleep(Duration::from_secs(seconds.parse()?)).await,
            ["model", "fails"] => {
                self.model.push(ScriptedReply::fail(ModelError::new(ModelErrorKind::Busy, "later")));
                let _ = self.llm.acall("hello").await;
            }
            ["tool", "fails"] => self.search("").await?,
            ["tool"] => self.search("Rust").await?,
            _ => {
                let usage = Usage::new(12, 7);
                self.model.push(ScriptedReply::text(["hello"]).usage(usage));
                self.llm.acall("hello").await?.response().await?;
            }
        }
        self.memory.add_user(wish);
        self.memory.add_assistant("done");
        self.stream.text("done").await?;
        Ok(())
    }
}

impl Monitored {
    async fn search(&self, query: &str) -> Result<(), AgentError> {
        let arguments = serde_json::json!({ "query": query }).to_string();
        self.executor.execute(vec![ToolCall::new("call_1", "search", arguments)]).await;
        Ok(())
    }
}

#[alphora::main]
async fn main() -> alphora::Result {
    publish(Monitored::new()?).serve().await
}
