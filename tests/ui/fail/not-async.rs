//! row 1: the method is not async

use alphora::prelude::*;

#[agent]
struct Support;

#[agent]
impl Support {
    fn run(&self, _: OpenAIRequest) -> String {
        String::new()
    }
}

fn main() {}
