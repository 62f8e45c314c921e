//! row 17: a path with a query

use alphora::prelude::*;

#[agent]
struct Support;

#[agent(path = "/api?v=1")]
impl Support {
    async fn run(&self, _: OpenAIRequest) -> String {
        String::new()
    }
}

fn main() {}
