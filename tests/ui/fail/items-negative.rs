//! row 15: a number that is negative

use alphora::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Clone, Default, Serialize, Deserialize)]
struct Notes(Vec<String>);
impl Memory for Notes {}

#[agent]
struct Support {
    #[agent(memory)]
    notes: Notes,
}

#[agent(max_memory_items = -1)]
impl Support {
    async fn run(&self, _: OpenAIRequest) -> String {
        String::new()
    }
}

fn main() {}
