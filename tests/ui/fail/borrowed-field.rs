//! row 37: a field that borrows, without a lifetime

use alphora::prelude::*;

#[agent]
struct Support {
    names: Vec<&str>,
}

#[agent]
impl Support {
    async fn run(&self, _: OpenAIRequest) -> String {
        self.names.concat()
    }
}

fn main() {}
