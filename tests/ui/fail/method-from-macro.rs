//! row 10: the method is written by a macro inside the block

use alphora::prelude::*;

macro_rules! run {
    () => {
        async fn run(&self, _: OpenAIRequest) -> String {
            String::new()
        }
    };
}

#[agent]
struct Support;

#[agent]
impl Support {
    run!();
}

fn main() {}
