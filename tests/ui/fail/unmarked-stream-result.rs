//! row 26: a stream without its marker, in an agent that answers with nothing else

use alphora::prelude::*;

#[agent]
struct Support {
    stream: DataStreamer,
}

#[agent]
impl Support {
    async fn run(&self, _: OpenAIRequest) -> alphora::Result {
        self.stream.text("hello").await?;
        Ok(())
    }
}

fn main() {
    drop(publish(Support::new(DataStreamer::default())));
}
