//! row 3: the method takes no request

use alphora::prelude::*;

#[agent]
struct Support;

#[agent]
impl Support {
    async fn run(&self) -> String {
        String::new()
    }
}

fn main() {}
