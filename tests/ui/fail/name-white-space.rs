//! row 17: a name that no running server takes

use alphora::prelude::*;

#[agent]
struct Support;

#[agent(name = "my agent")]
impl Support {
    async fn run(&self, _: OpenAIRequest) -> String {
        String::new()
    }
}

fn main() {}
