//! row 14: a slip in the word of a policy

use alphora::prelude::*;

#[agent]
struct Support;

#[agent(on_disconnect = "cancle")]
impl Support {
    async fn run(&self, _: OpenAIRequest) -> String {
        String::new()
    }
}

fn main() {}
