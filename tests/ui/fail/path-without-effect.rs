//! row 30: a path of the block that no method uses

use alphora::prelude::*;

#[agent]
struct Support;

#[agent(path = "/api/v1")]
impl Support {
    #[agent(path = "/first")]
    async fn first(&self, _: OpenAIRequest) -> String {
        String::new()
    }

    #[agent(path = "/second")]
    async fn second(&self, _: OpenAIRequest) -> String {
        String::new()
    }
}

fn main() {
    drop(publish(Support::new()));
}
