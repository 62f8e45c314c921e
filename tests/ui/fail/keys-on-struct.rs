//! row 34: keys of the block on the struct

use alphora::prelude::*;

#[agent(path = "/a", timeout = 60)]
struct Support;

#[agent]
impl Support {
    async fn run(&self, _: OpenAIRequest) -> String {
        String::new()
    }
}

fn main() {
    drop(publish(Support::new()));
}
