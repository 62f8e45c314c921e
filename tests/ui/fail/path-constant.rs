//! row 14: a text that is a constant

use alphora::prelude::*;

const PATH: &str = "/a";

#[agent]
struct Support;

#[agent(path = PATH)]
impl Support {
    async fn run(&self, _: OpenAIRequest) -> String {
        String::new()
    }
}

fn main() {}
