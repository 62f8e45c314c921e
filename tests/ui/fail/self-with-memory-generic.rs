//! row 41: the same for an agent with a type parameter

use alphora::prelude::*;

#[agent]
struct Support<T: Memory> {
    #[agent(memory)]
    notes: T,
}

#[agent]
impl<T: Memory> Support<T> {
    async fn run(self, _: OpenAIRequest) -> String {
        String::new()
    }
}

fn main() {}
