//! row 31: a stream of what is no text

use alphora::prelude::*;

#[agent]
struct Support;

#[agent]
impl Support {
    async fn run(&self, _: OpenAIRequest) -> impl tokio_stream::Stream<Item = u32> {
        tokio_stream::iter([1, 2])
    }
}

fn main() {
    drop(publish(Support::new()));
}
