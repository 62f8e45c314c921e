//! row 18: a path with a wildcard

use alphora::prelude::*;

#[agent]
struct Support;

#[agent(path = "/api/*rest")]
impl Support {
    async fn run(&self, _: OpenAIRequest) -> String {
        String::new()
    }
}

fn main() {}
