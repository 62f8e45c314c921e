//! row 19: a path that holds what the server appends

use alphora::prelude::*;

#[agent]
struct Support;

#[agent(path = "/v1/chat/completions")]
impl Support {
    async fn run(&self, _: OpenAIRequest) -> String {
        String::new()
    }
}

fn main() {}
