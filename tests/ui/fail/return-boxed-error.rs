//! row 31: a boxed error that cannot change its thread (row 32)

use alphora::prelude::*;

#[agent]
struct Support;

#[agent]
impl Support {
    async fn run(&self, _: OpenAIRequest) -> Result<String, Box<dyn std::error::Error>> {
        Ok(String::new())
    }
}

fn main() {
    drop(publish(Support::new()));
}
