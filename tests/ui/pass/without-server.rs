//! A method is called as it is written: no server, no runtime of ours.

use alphora::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Clone, Default, Serialize, Deserialize)]
struct Notes(Vec<String>);

impl Memory for Notes {}

#[agent]
struct Support {
    #[agent(memory)]
    memory: Notes,
    #[agent(stream)]
    stream: DataStreamer,
}

#[agent]
impl Support {
    async fn run(&mut self, request: OpenAIRequest) -> alphora::Result {
        self.memory.0.push(request.get_user_query().into());
        self.stream.send("text", "hello").await?;
        self.stream.stop().await
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut agent = Support { memory: Notes::default(), stream: DataStreamer::capture() };
    agent.run(OpenAIRequest::user("hi")).await.unwrap();
    assert_eq!(agent.memory.0, ["hi"]);
    assert_eq!(agent.stream.captured(), [("text", "hello")]);
}
