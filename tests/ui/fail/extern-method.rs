//! row 9: the method has an ABI

use alphora::prelude::*;

#[agent]
struct Support;

#[agent]
impl Support {
    async extern "C" fn run(&self, _: OpenAIRequest) -> String {
        String::new()
    }
}

fn main() {}
