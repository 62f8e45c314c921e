//! row 36: a generic agent of what is not `Clone`

use alphora::prelude::*;

struct Llm;

#[agent]
struct Support<T> {
    llm: T,
}

#[agent]
impl<T> Support<T> {
    async fn run(&self, _: OpenAIRequest) -> String {
        String::new()
    }
}

fn main() {
    drop(publish(Support::new(Llm)));
}
