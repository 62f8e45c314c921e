//! row 29: nothing is returned and there is no stream

use alphora::prelude::*;

#[agent]
struct Support;

#[agent]
impl Support {
    async fn run(&self, _: OpenAIRequest) {}
}

fn main() {
    drop(publish(Support::new()));
}
