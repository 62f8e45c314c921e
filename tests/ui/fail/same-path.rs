//! row 21: two methods on one path

use alphora::prelude::*;

#[agent]
struct Support;

#[agent]
impl Support {
    #[agent(path = "/a")]
    async fn one(&self, _: OpenAIRequest) -> String {
        String::new()
    }

    #[agent(path = "/a")]
    async fn two(&self, _: OpenAIRequest) -> String {
        String::new()
    }
}

fn main() {}
