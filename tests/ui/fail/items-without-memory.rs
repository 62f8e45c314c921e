//! row 30: another memory key without a memory field

use alphora::prelude::*;

#[agent]
struct Support;

#[agent(max_memory_items = 10)]
impl Support {
    async fn run(&self, _: OpenAIRequest) -> String {
        String::new()
    }
}

fn main() {}
