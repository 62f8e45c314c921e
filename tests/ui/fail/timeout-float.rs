//! row 15: a number with a point

use alphora::prelude::*;

#[agent]
struct Support;

#[agent(timeout = 0.5)]
impl Support {
    async fn run(&self, _: OpenAIRequest) -> String {
        String::new()
    }
}

fn main() {}
