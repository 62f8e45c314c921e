//! row 14: a boolean that is a number

use alphora::prelude::*;

#[agent]
struct Support;

#[agent(default_stream = 1)]
impl Support {
    async fn run(&self, _: OpenAIRequest) -> String {
        String::new()
    }
}

fn main() {}
