//! row 16: a computed size that is zero

use alphora::prelude::*;
use serde::{Deserialize, Serialize};

const MANY: usize = 10;

#[derive(Clone, Default, Serialize, Deserialize)]
struct Notes(Vec<String>);
impl Memory for Notes {}

#[agent]
struct Support {
    #[agent(memory)]
    notes: Notes,
}

#[agent(max_memory_items = MANY - 10)]
impl Support {
    async fn run(&self, _: OpenAIRequest) -> String {
        String::new()
    }
}

fn main() {}
