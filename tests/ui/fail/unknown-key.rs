//! row 11: a key that does not exist

use alphora::prelude::*;

#[agent]
struct Support;

#[agent(path = "/a", nam = "b")]
impl Support {
    async fn run(&self, _: OpenAIRequest) -> String {
        String::new()
    }
}

fn main() {}
