//! row 36: a generic agent of what is not `Sync`

use alphora::prelude::*;

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
    drop(publish(Support::new(std::cell::Cell::new(1))));
}
