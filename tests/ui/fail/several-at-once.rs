//! row 39: several mistakes in one block

use alphora::prelude::*;

#[agent]
struct Support;

#[agent(pth = "/a", timeout = "60", api_title = "{agent}")]
impl Support {
    fn run(&self, _: OpenAIRequest, _: String) -> String {
        String::new()
    }
}

fn main() {
    drop(publish(Support::new()));
}
