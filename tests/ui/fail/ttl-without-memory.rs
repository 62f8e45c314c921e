//! row 30: a memory key without a memory field

use alphora::prelude::*;

#[agent]
struct Support;

#[agent(memory_ttl = 60)]
impl Support {
    async fn run(&self, _: OpenAIRequest) -> String {
        String::new()
    }
}

fn main() {
    drop(publish(Support::new()));
}
