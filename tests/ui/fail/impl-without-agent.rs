//! row 35: the impl block lacks the attribute

use alphora::prelude::*;

#[agent]
struct Support;

impl Support {
    async fn run(&self, _: OpenAIRequest) -> String {
        String::new()
    }
}

fn main() {
    drop(Support::new().run(OpenAIRequest::default()));
    drop(publish(Support::new()));
}
