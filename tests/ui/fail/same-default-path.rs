//! row 21: two methods without a path of their own

use alphora::prelude::*;

#[agent]
struct Support;

#[agent(path = "/a")]
impl Support {
    #[agent]
    async fn one(&self, _: OpenAIRequest) -> String {
        String::new()
    }

    #[agent]
    async fn two(&self, _: OpenAIRequest) -> String {
        String::new()
    }
}

fn main() {}
