//! row 17: a path that ends with a slash

use alphora::prelude::*;

#[agent]
struct Support;

#[agent(path = "/api/")]
impl Support {
    async fn run(&self, _: OpenAIRequest) -> String {
        String::new()
    }
}

fn main() {}
