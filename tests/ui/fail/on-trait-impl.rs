//! row 33: the attribute on an `impl` of a trait

use alphora::prelude::*;

trait Answer {
    fn run(&self, request: OpenAIRequest) -> impl Future<Output = String>;
}

#[agent]
struct Support;

#[agent]
impl Answer for Support {
    async fn run(&self, _: OpenAIRequest) -> String {
        String::new()
    }
}

fn main() {
    drop(publish(Support::new()));
}
