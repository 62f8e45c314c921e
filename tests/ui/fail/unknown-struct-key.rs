//! row 11: a key that does not exist, on the struct

use alphora::prelude::*;

#[agent(nw = false)]
struct Support;

#[agent]
impl Support {
    async fn run(&self, _: OpenAIRequest) -> String {
        String::new()
    }
}

fn main() {}
