//! row 10: there is no `run`

use alphora::prelude::*;

#[agent]
struct Support;

#[agent]
impl Support {
    async fn rum(&self, _: OpenAIRequest) -> String {
        String::new()
    }
}

fn main() {}
