//! row 17: a path with a space

use alphora::prelude::*;

#[agent]
struct Support;

#[agent(path = "/my api")]
impl Support {
    async fn run(&self, _: OpenAIRequest) -> String {
        String::new()
    }
}

fn main() {}
