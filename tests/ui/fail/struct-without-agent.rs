//! row 35: the struct lacks the attribute

use alphora::prelude::*;

struct Support;

#[agent(path = "/a", memory_ttl = 60)]
impl Support {
    async fn run(&self, _: OpenAIRequest) -> String {
        String::new()
    }
}

fn main() {
    drop(publish(Support));
}
