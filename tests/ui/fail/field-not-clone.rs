//! row 24: a field that is not `Clone`, published as a template

use alphora::prelude::*;

struct Llm;

#[agent]
struct Support {
    llm: Llm,
}

#[agent]
impl Support {
    async fn run(&self, _: OpenAIRequest) -> String {
        String::new()
    }
}

fn main() {
    drop(publish(Support::new(Llm)));
}
