//! row D9: `method` and a marked method

use alphora::prelude::*;

#[agent]
struct Support;

#[agent(method = run)]
impl Support {
    #[agent]
    async fn run(&self, _: OpenAIRequest) -> String {
        String::new()
    }
}

fn main() {}
