//! row 2: the method returns a future instead of being async

use alphora::prelude::*;

#[agent]
struct Support;

#[agent]
impl Support {
    fn run(&self, _: OpenAIRequest) -> impl Future<Output = String> {
        std::future::ready(String::new())
    }
}

fn main() {}
