//! row 37: an agent that borrows its data

use alphora::prelude::*;

#[agent]
struct Support<'a> {
    name: &'a str,
}

#[agent]
impl<'a> Support<'a> {
    async fn run(&self, _: OpenAIRequest) -> String {
        self.name.to_owned()
    }
}

fn main() {
    drop(publish(Support { name: "x" }));
}
