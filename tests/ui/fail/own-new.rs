//! row D12: a `new` of the user's beside the one that is written

use alphora::prelude::*;

#[agent]
struct Support;

impl Support {
    fn new() -> Self {
        Self
    }
}

#[agent]
impl Support {
    async fn run(&self, _: OpenAIRequest) -> String {
        String::new()
    }
}

fn main() {}
