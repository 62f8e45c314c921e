//! An agent without fields.

use alphora::prelude::*;

#[agent]
struct Echo;

#[agent]
impl Echo {
    async fn run(&self, _: OpenAIRequest) -> String {
        String::new()
    }
}

fn main() {
    drop(publish(Echo));
}
