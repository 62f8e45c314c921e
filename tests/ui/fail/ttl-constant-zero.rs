//! row 16: a constant that is zero

use alphora::prelude::*;
use serde::{Deserialize, Serialize};

const TTL: u64 = 0;

#[derive(Clone, Default, Serialize, Deserialize)]
struct Notes(Vec<String>);
impl Memory for Notes {}

#[agent]
struct Support {
    #[agent(memory)]
    notes: Notes,
}

#[agent(memory_ttl = TTL)]
impl Support {
    async fn run(&self, _: OpenAIRequest) -> String {
        String::new()
    }
}

fn main() {}
