//! row 26: a stream without its marker

use alphora::prelude::*;

#[agent]
struct Support {
    stream: DataStreamer,
}

#[agent]
impl Support {
    async fn run(&self, _: OpenAIRequest) -> String {
        String::new()
    }
}

fn main() {
    drop(publish(Support::new(DataStreamer::default())));
}
