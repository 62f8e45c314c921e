//! row 31: a result of what is no reply

use alphora::prelude::*;

#[agent]
struct Support;

#[agent]
impl Support {
    async fn run(&self, _: OpenAIRequest) -> alphora::Result<u32> {
        Ok(1)
    }
}

fn main() {
    drop(publish(Support::new()));
}
