//! row 20: a brace that is not closed

use alphora::prelude::*;

#[agent]
struct Support;

#[agent(api_description = "the {agent_name API")]
impl Support {
    async fn run(&self, _: OpenAIRequest) -> String {
        String::new()
    }
}

fn main() {}
