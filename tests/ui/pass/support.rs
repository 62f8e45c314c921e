//! The agent of the design: shared fields, a memory, a stream, and a configuration of its own.

use std::time::Duration;

use alphora::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Notes(Vec<String>);

impl Memory for Notes {}

#[derive(Clone)]
struct Llm(&'static str);

/// Answers from the conversation so far.
#[agent]
pub struct Support {
    llm: Llm,
    #[agent(memory)]
    memory: Notes,
    #[agent(stream)]
    stream: DataStreamer,
}

#[agent(path = "/api/v1", memory_ttl = 7200, max_memory_items = 500, auto_clean_interval = 60, timeout = 30,
        keep_alive = 5, default_stream = false, name = "support",
        api_title = "{agent_name} API", api_description = "{agent_name}.{method_name}")]
impl Support {
    pub async fn run(&mut self, request: OpenAIRequest) -> alphora::Result {
        self.memory.0.push(request.get_user_query().into());
        self.stream.send("text", self.llm.0).await?;
        self.stream.stop().await
    }
}

fn main() {
    let config = SupportConfig { memory_ttl: Duration::from_secs(60), ..Default::default() };
    assert_eq!(config.path, "/api/v1");
    assert_eq!(config.max_memory_items, 500);
    assert_eq!(config.api_title, "Support API");
    assert_eq!(config.api_description, "Support.run");
    drop(alphora::publish(Support::new(Llm("hi"))).config(config));
}
