//! row 13: a value in parentheses

use alphora::prelude::*;

#[agent]
struct Support;

#[agent(path("/a"))]
impl Support {
    async fn run(&self, _: OpenAIRequest) -> String {
        String::new()
    }
}

fn main() {}
