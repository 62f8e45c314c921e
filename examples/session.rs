//! An agent that remembers, without a model: say who you are, and in the same session ask it.
//!
//! ```text
//! cargo run -p alphora-examples --example session
//!
//! curl localhost:8000/alphadata/chat/completions -H 'Content-Type: application/json' \
//!   -d '{"messages": [{"role": "user", "content": "我叫张三"}], "session_id": "user-001", "stream": false}'
//! curl localhost:8000/alphadata/chat/completions -H 'Content-Type: application/json' \
//!   -d '{"messages": [{"role": "user", "content": "我叫什么名字？"}], "session_id": "user-001", "stream": false}'
//! ```
//!
//! "my name is Zhang San" and "what is my name?" work too. Another `session_id` knows nothing of this one.

use alphora::prelude::*;
use serde::{Deserialize, Serialize};

/// What the agent keeps between the turns of a session. Any type that serde can store is a memory once it says so;
/// for the whole conversation there is `MemoryManager`, as in `publish_agent_api.rs`.
#[derive(Clone, Default, Serialize, Deserialize)]
struct Acquaintance {
    name: Option<String>,
}

impl Memory for Acquaintance {}

#[agent]
struct Host {
    #[agent(memory)]
    memory: Acquaintance,
}

#[agent(memory_ttl = 3600, max_memory_items = 1000)]
impl Host {
    // `&mut self`: this request's instance holds the memory of its session, and what the method leaves is kept.
    async fn run(&mut self, request: OpenAIRequest) -> String {
        if let Some(name) = introduction(&request.get_user_query()) {
            self.memory.name = Some(name.to_owned());
            return format!("Pleased to meet you, {name}.");
        }
        match &self.memory.name {
            Some(name) => format!("Your name is {name}."),
            None => "I do not know your name yet.".to_owned(),
        }
    }
}

/// The name in "my name is ..", unless that is the beginning of a question.
fn introduction(query: &str) -> Option<&str> {
    let name = ["我叫", "我的名字是", "My name is ", "my name is "]
        .iter()
        .find_map(|beginning| query.trim().strip_prefix(beginning))?;
    (!name.ends_with(['?', '？'])).then(|| name.trim_end_matches(['.', '。', '!', '！']))
}

#[alphora::main]
async fn main() -> alphora::Result {
    publish(Host::new()).serve().await
}
