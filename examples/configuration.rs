//! Where options come from: the attribute, the config struct, a file, and variables. The later one wins.
//!
//! `alphora.toml` is looked for in the working directory, and there is one in `examples/configuration`:
//!
//! ```text
//! cd examples/configuration
//! ALPHORA_CLERK_API_TITLE='Front desk' cargo run -p alphora-examples --example configuration
//!
//! curl localhost:8001/desk/chat/completions -H 'Content-Type: application/json' \
//!   -d '{"messages": [{"role": "user", "content": "hello"}]}'
//! curl localhost:8001/desk/health
//! curl localhost:8001/openapi.json
//! ```
//!
//! From any other directory, `ALPHORA_CONFIG=examples/configuration/alphora.toml` names the file. A value that
//! cannot be used ends the program with its place, for example with `ALPHORA_CLERK_MEMORY_TTL=soon`.

use std::time::Duration;

use alphora::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Clone, Default, Serialize, Deserialize)]
struct Visits(u32);

impl Memory for Visits {}

#[agent]
struct Clerk {
    #[agent(memory)]
    visits: Visits,
}

// The attribute: what the agent's author thinks right. `path` and `memory_ttl` are said again in the file.
#[agent(path = "/clerk", memory_ttl = 3600, api_title = "{agent_name} API")]
impl Clerk {
    async fn run(&mut self, _: OpenAIRequest) -> String {
        self.visits.0 += 1;
        format!("This is your request number {}.", self.visits.0)
    }
}

#[alphora::main]
async fn main() -> alphora::Result {
    // The config struct: what this program wants otherwise. Its defaults are the attribute's values.
    let config = ClerkConfig { auto_clean_interval: Duration::from_mins(1), ..Default::default() };
    publish(Clerk::new()).config(config).serve().await
}
