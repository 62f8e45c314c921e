//! row 13: a key without its value

use alphora::prelude::*;

#[agent]
struct Support;

#[agent(path, name = "n")]
impl Support {
    async fn run(&self, _: OpenAIRequest) -> String {
        String::new()
    }
}

fn main() {}
