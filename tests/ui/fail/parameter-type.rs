//! row 5: the parameter is no request

use alphora::prelude::*;

#[agent]
struct Support;

#[agent]
impl Support {
    async fn run(&self, _: String) -> String {
        String::new()
    }
}

fn main() {}
