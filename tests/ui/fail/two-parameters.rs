//! row 4: the method takes more than a request

use alphora::prelude::*;

#[agent]
struct Support;

#[agent]
impl Support {
    async fn run(&self, _: OpenAIRequest, _: String) -> String {
        String::new()
    }
}

fn main() {}
