//! row 14: a method in quotes

use alphora::prelude::*;

#[agent]
struct Support;

#[agent(method = "run")]
impl Support {
    async fn run(&self, _: OpenAIRequest) -> String {
        String::new()
    }
}

fn main() {}
