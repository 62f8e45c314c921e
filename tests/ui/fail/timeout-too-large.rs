//! row 15: a number that is too large

use alphora::prelude::*;

#[agent]
struct Support;

#[agent(timeout = 18446744073709551615)]
impl Support {
    async fn run(&self, _: OpenAIRequest) -> String {
        String::new()
    }
}

fn main() {}
