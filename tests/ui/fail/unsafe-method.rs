//! row 9: the method is unsafe

use alphora::prelude::*;

#[agent]
struct Support;

#[agent]
impl Support {
    async unsafe fn run(&self, _: OpenAIRequest) -> String {
        String::new()
    }
}

fn main() {}
