//! row 7: the parameter is an `impl Trait`

use alphora::prelude::*;

#[agent]
struct Support;

#[agent]
impl Support {
    async fn run(&self, _: impl Into<OpenAIRequest>) -> String {
        String::new()
    }
}

fn main() {}
