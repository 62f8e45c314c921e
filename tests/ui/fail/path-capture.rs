//! row 18: a path with a capture

use alphora::prelude::*;

#[agent]
struct Support;

#[agent(path = "/users/{id}")]
impl Support {
    async fn run(&self, _: OpenAIRequest) -> String {
        String::new()
    }
}

fn main() {}
