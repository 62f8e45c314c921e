//! row 20: a placeholder that does not exist

use alphora::prelude::*;

#[agent]
struct Support;

#[agent(api_title = "{agent_nam} API")]
impl Support {
    async fn run(&self, _: OpenAIRequest) -> String {
        String::new()
    }
}

fn main() {}
