//! row 27: the stream marker on another type

use alphora::prelude::*;

#[agent]
struct Support {
    #[agent(stream)]
    stream: String,
}

#[agent]
impl Support {
    async fn run(&self, _: OpenAIRequest) -> String {
        String::new()
    }
}

fn main() {
    drop(publish(Support::new()));
}
