//! row 14: a text without quotes

use alphora::prelude::*;

#[agent]
struct Support;

#[agent(path = 1)]
impl Support {
    async fn run(&self, _: OpenAIRequest) -> String {
        String::new()
    }
}

fn main() {}
