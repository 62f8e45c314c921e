//! row 17: a path without its first slash

use alphora::prelude::*;

#[agent]
struct Support;

#[agent(path = "api/v1")]
impl Support {
    async fn run(&self, _: OpenAIRequest) -> String {
        String::new()
    }
}

fn main() {}
