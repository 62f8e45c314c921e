//! row 11: a policy of the whole agent, on a method

use alphora::prelude::*;

#[agent]
struct Support;

#[agent]
impl Support {
    #[agent(concurrency = "reject")]
    async fn run(&self, _: OpenAIRequest) -> String {
        String::new()
    }
}

fn main() {}
