//! row 29: an agent with a type parameter cannot answer

use alphora::prelude::*;

#[agent]
struct Support<T> {
    llm: T,
}

#[agent]
impl<T> Support<T> {
    async fn run(&self, _: OpenAIRequest) -> alphora::Result {
        Ok(())
    }
}

fn main() {
    drop(publish(Support::new(1)));
}
