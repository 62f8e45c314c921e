//! row 12: a key that is given twice

use alphora::prelude::*;

#[agent]
struct Support;

#[agent(path = "/a", name = "n", path = "/b")]
impl Support {
    async fn run(&self, _: OpenAIRequest) -> String {
        String::new()
    }
}

fn main() {}
