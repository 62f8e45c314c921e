//! row 6: the request is taken by reference

use alphora::prelude::*;

#[agent]
struct Support;

#[agent]
impl Support {
    async fn run(&self, _: &OpenAIRequest) -> String {
        String::new()
    }
}

fn main() {}
