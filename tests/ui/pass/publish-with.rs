//! An agent that cannot be cloned is made for each request.

use alphora::prelude::*;

struct Connection;

#[agent]
struct Support {
    connection: Connection,
    #[agent(stream)]
    stream: DataStreamer,
}

#[agent]
impl Support {
    async fn run(&self, _: OpenAIRequest) -> alphora::Result {
        let Connection = &self.connection;
        self.stream.stop().await
    }
}

fn main() {
    drop(alphora::publish_with(|_| Support::new(Connection)));
    drop(alphora::publish_with(|_| Support { connection: Connection, stream: DataStreamer::default() }));
}
