//! row 8: the method takes its agent in a smart pointer

use alphora::prelude::*;
use std::rc::Rc;

#[agent]
struct Support;

#[agent]
impl Support {
    async fn run(self: Rc<Self>, _: OpenAIRequest) -> String {
        String::new()
    }
}

fn main() {}
