//! row 37: an impl block for an agent that borrows its data

use alphora::prelude::*;

#[agent]
struct Support<'a> {
    name: &'a str,
}

#[agent]
impl Support<'_> {
    async fn run(&self, _: OpenAIRequest) -> String {
        self.name.to_owned()
    }
}

fn main() {}
