//! row 8: the method does not take its agent

use alphora::prelude::*;

#[agent]
struct Support;

#[agent]
impl Support {
    async fn run(_: OpenAIRequest) -> String {
        String::new()
    }
}

fn main() {}
