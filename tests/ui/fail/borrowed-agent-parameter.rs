//! row 37: an impl block for what is borrowed

use alphora::prelude::*;

#[agent]
struct Support<T> {
    name: T,
}

#[agent]
impl<'a> Support<&'a str> {
    async fn run(&self, _: OpenAIRequest) -> String {
        self.name.to_string()
    }
}

fn main() {}
