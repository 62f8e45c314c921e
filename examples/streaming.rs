//! Every type of content that an agent can send, piece by piece. One `send` is one chunk at the client.
//!
//! ```text
//! cargo run -p alphora-examples --example streaming
//!
//! curl -N localhost:8000/alphadata/chat/completions -H 'Content-Type: application/json' \
//!   -d '{"messages": [{"role": "user", "content": "what is 6 times 7?"}]}'
//! ```
//!
//! With `"stream": false` it is one object. Under `localhost:8000/v1/chat/completions` it is what OpenAI's clients
//! read: thinking, status and the agent's own tool calls are `reasoning_content`, all else is `content`.

use std::time::Duration;

use alphora::prelude::*;
use tokio::time::sleep;

#[agent]
struct Calculator {
    #[agent(stream)]
    stream: DataStreamer,
}

#[agent]
impl Calculator {
    async fn run(&self, _: OpenAIRequest) -> alphora::Result {
        // What the agent is busy with, for people who wait: never part of the answer.
        self.stream.status("reading the question").await?;

        self.pieces("thinking", "That is a product, so a line of Python will do.").await?;

        // A tool that the agent calls by itself, shown to whoever watches. `client_tools.rs` asks the client.
        self.stream.send("tool_call", r#"{"name": "python", "arguments": {"code": "6 * 7"}}"#).await?;
        self.stream.code("print(6 * 7)\n").await?;

        self.pieces("text", "Six times seven is forty-two.").await?;

        // A type of one's own, for a client that knows what to do with it.
        self.stream.send("chart", r#"{"bars": [6, 7, 42]}"#).await?;
        self.stream.stop().await
    }

    /// Sends a text word by word, as a model would write it.
    async fn pieces(&self, content_type: &str, text: &str) -> alphora::Result {
        for piece in text.split_inclusive(' ') {
            self.stream.send(content_type, piece).await?;
            sleep(Duration::from_millis(40)).await;
        }
        Ok(())
    }
}

#[alphora::main]
async fn main() -> alphora::Result {
    publish(Calculator::new()).serve().await
}
