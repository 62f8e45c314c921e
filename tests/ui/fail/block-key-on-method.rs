//! row 11: a key of the block, on a method

use alphora::prelude::*;

#[agent]
struct Support;

#[agent]
impl Support {
    #[agent(memory_ttl = 60)]
    async fn run(&self, _: OpenAIRequest) -> String {
        String::new()
    }
}

fn main() {}
