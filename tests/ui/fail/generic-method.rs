//! row 7: the method has a type parameter

use alphora::prelude::*;

#[agent]
struct Support;

#[agent]
impl Support {
    async fn run<T: Send>(&self, _: OpenAIRequest) -> String {
        String::new()
    }
}

fn main() {}
