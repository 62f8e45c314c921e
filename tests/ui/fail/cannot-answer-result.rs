//! row 29: a result of nothing is returned and there is no stream

use alphora::prelude::*;

#[agent]
struct Support;

#[agent]
impl Support {
    async fn run(&self, _: OpenAIRequest) -> alphora::Result {
        Ok(())
    }
}

fn main() {
    drop(publish(Support::new()));
}
