//! row 17: a path with a fragment

use alphora::prelude::*;

#[agent]
struct Support;

#[agent(path = "/api#v1")]
impl Support {
    async fn run(&self, _: OpenAIRequest) -> String {
        String::new()
    }
}

fn main() {}
