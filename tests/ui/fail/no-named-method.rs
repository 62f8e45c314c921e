//! row 10: there is no method of the name that `method` gives

use alphora::prelude::*;

#[agent]
struct Support;

#[agent(method = chat)]
impl Support {
    async fn run(&self, _: OpenAIRequest) -> String {
        String::new()
    }
}

fn main() {}
