//! row 14: the word of a policy without quotes

use alphora::prelude::*;

#[agent]
struct Support;

#[agent(on_disconnect = continue)]
impl Support {
    async fn run(&self, _: OpenAIRequest) -> String {
        String::new()
    }
}

fn main() {}
