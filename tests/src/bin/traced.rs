//! A program whose traces are looked at: an agent that asks a model, calls tools, and ends in every way.
//!
//! `OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318 cargo run -p alphora-tests --features otel --bin traced MODEL_URL`
//!
//! It listens on a free port of the loopback interface, says which, and ends when its standard input is closed. The user's text is a list of commands, one a
//! line; any other line is said.

use std::time::Duration;

use alphora::fetch::Client;
use alphora::prelude::*;
use alphora::{Error, ErrorKind, ServerConfig};
use alphora_tests::serve_announced;
use tracing::Instrument as _;

/// Looks up a city.
///
/// - `city`: which one
#[tool]
async fn look_up(city: String) -> String {
    tracing::info!("a tool is at work");
    format!("canary-result of {city}")
}

/// Reads a page.
///
/// - `url`: which one
#[tool]
async fn visit(url: String, context: ToolContext) -> Result<String, String> {
    let client = context.state::<Client>().ok_or("there is no client")?;
    Ok(client.get(url).await.map_err(|error| error.to_string())?.text())
}

/// Never knows.
#[tool]
async fn fail_always() -> Result<String, String> {
    Err("canary-failure".to_owned())
}

/// Blocks its thread far longer than anybody waits.
#[tool(timeout = 1)]
fn block() -> String {
    std::thread::sleep(Duration::from_secs(60));
    "late".to_owned()
}

#[agent]
struct Traced {
    llm: OpenAILike,
    tools: ToolExecutor,
    #[agent(memory)]
    memory: MemoryManager,
    #[agent(stream)]
    stream: DataStreamer,
}

#[agent(path = "/traced")]
impl Traced {
    async fn run(&mut self, request: OpenAIRequest) -> Result<(), AgentError> {
        for command in request.get_user_query().lines() {
            match command {
                "tools" => {
                    self.memory.add_user("canary-prompt");
                    let stream = self.stream.clone();
                    self.tools.run_tools(&self.llm, &mut self.memory, &stream).await?;
                }
                "ask" => drop(self.llm.acall("canary-prompt").await?.response().await?),
                "leave" => drop(self.llm.acall("canary-prompt").await?),
                "spawn" => {
                    let llm = self.llm.clone();
                    #[expect(clippy::disallowed_methods, reason = "it is awaited")]
                    let task =
                        tokio::spawn(
                            async move { llm.acall("canary-prompt").await?.response().await.map(drop) },
                        );
                    task.await??;
                }
                "spawn in a span" => {
                    let llm = self.llm.clone();
                    let asking = async move { llm.acall("canary-prompt").await?.response().await.map(drop) };
                    #[expect(clippy::disallowed_methods, reason = "it is awaited")]
                    let task = tokio::spawn(asking.instrument(tracing::info_span!("own_work")));
                    task.await??;
                }
                "usage" => self.stream.usage(Usage::new(30, 12))?,
                "log" => tracing::info!("said by the method"),
                "fail" => return Err(anyhow("canary-secret")),
                "refuse" => return Err(AgentError::public(422, "no", "not this")),
                "panic" => panic!("canary-panic"),
                "wait" => std::future::pending().await,
                text => self.stream.text(text).await?,
            }
        }
        Ok(())
    }
}

fn anyhow(text: &str) -> AgentError {
    AgentError::from(Error::new(ErrorKind::Other, text))
}

#[alphora::main]
async fn main() -> alphora::Result {
    let model_url = std::env::args().nth(1).unwrap_or_else(|| "http://127.0.0.1:9/v1".to_owned());
    let llm = OpenAILike::builder()
        .base_url(model_url)
        .model_name("small-model")
        .api_key("canary-key-0123456789")
        .temperature(0.5)
        .max_tokens(64)
        .build()?;
    let mut registry = ToolRegistry::new();
    registry.register(look_up)?;
    registry.register(visit)?;
    registry.register(fail_always)?;
    registry.register(block)?;
    let client = Client::builder().allow("127.0.0.0/8").build()?;
    let tools = ToolExecutor::new(registry).with_state(client);
    let options = ServerConfig { drain_timeout: Duration::from_secs(5), ..Default::default() };
    serve_announced("traced", alphora::publish(Traced::new(llm, tools)).server(options)).await
}
