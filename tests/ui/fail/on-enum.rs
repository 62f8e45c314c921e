//! row 33: the attribute on an enum

use alphora::prelude::*;

#[agent]
enum Support {
    Only,
}

#[agent]
impl Support {
    async fn run(&self, _: OpenAIRequest) -> String {
        String::new()
    }
}

fn main() {
    drop(publish(Support::Only));
}
