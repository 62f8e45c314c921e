//! row 23: the future cannot change its thread

use alphora::prelude::*;
use std::future::ready;
use std::rc::Rc;

#[agent]
struct Support;

#[agent]
impl Support {
    async fn run(&self, _: OpenAIRequest) -> String {
        let name = Rc::new(String::from("x"));
        ready(()).await;
        name.to_string()
    }
}

fn main() {}
