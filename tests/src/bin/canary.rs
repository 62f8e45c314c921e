//! A program that has every secret there is, and prints all that it may: what it prints is searched for them.
//!
//! `ALPHORA_API_KEYS_FILE=keys.toml RUST_LOG=trace cargo run -p alphora-tests --bin canary MODEL_URL MODEL_KEY`
//!
//! The user's text begins with what the agent shall do.

use alphora::prelude::*;

/// Looks up a city.
///
/// - `city`: which one
#[tool]
async fn look_up(city: String) -> String {
    format!("canary-result of {city}")
}

/// Never knows.
#[tool]
async fn fail_always(city: String) -> Result<String, String> {
    Err(format!("canary-result: nothing is known of {city}"))
}

#[agent]
struct Canary {
    llm: OpenAILike,
    tools: ToolExecutor,
    #[agent(memory)]
    memory: MemoryManager,
    #[agent(stream)]
    stream: DataStreamer,
}

#[agent(path = "/canary")]
impl Canary {
    async fn run(&mut self, request: OpenAIRequest) -> Result<(), AgentError> {
        // What people write who look for a mistake.
        tracing::debug!(?request, messages = ?request.messages, memory = ?self.memory, llm = ?self.llm, "asked");
        let query = request.get_user_query();
        match query.split(' ').next().unwrap_or_default() {
            "ask" => {
                let mut reply = self.llm.acall(&*query).await?;
                tracing::debug!(?reply, "answered");
                let text = reply.response().await?.to_owned();
                self.stream.text(text).await?;
            }
            "tools" => {
                self.memory.add_user(&*query);
                let stream = self.stream.clone();
                let answer = self.tools.run_tools(&self.llm, &mut self.memory, &stream).await?;
                tracing::debug!(?answer, memory = ?self.memory, "the tools were called");
            }
            "public" => drop(self.llm.acall(&*query).await.map_err(|error| error.public())?),
            "panic" => {
                if let Err(error) = self.llm.acall(&*query).await {
                    panic!("{error} {error:?}");
                }
            }
            "temperature" => drop(request.temperature()?),
            _ => self.stream.text(&*query).await?,
        }
        Ok(())
    }
}

#[alphora::main]
async fn main() -> alphora::Result {
    let mut arguments = std::env::args().skip(1);
    let llm = OpenAILike::builder()
        .base_url(arguments.next().unwrap_or_default())
        .model_name("small-model")
        .api_key(arguments.next().unwrap_or_default())
        .header("x-gateway-key", "canary-gateway-key")
        .build()?;
    let mut registry = ToolRegistry::new();
    registry.register(look_up)?;
    registry.register(fail_always)?;
    alphora::publish(Canary::new(llm, ToolExecutor::new(registry))).serve().await
}
