//! row 11: a key that does not exist, on a method

use alphora::prelude::*;

#[agent]
struct Support;

#[agent]
impl Support {
    #[agent(pth = "/a")]
    async fn run(&self, _: OpenAIRequest) -> String {
        String::new()
    }
}

fn main() {}
