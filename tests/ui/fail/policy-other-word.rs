//! row 14: the word of another policy

use alphora::prelude::*;

#[agent]
struct Support;

#[agent(on_failure = "cancel")]
impl Support {
    async fn run(&self, _: OpenAIRequest) -> String {
        String::new()
    }
}

fn main() {}
