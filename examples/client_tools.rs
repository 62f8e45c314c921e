//! An agent that asks its client to call one of the client's tools, and goes on with the result.
//!
//! ```text
//! cargo run -p alphora-examples --example client_tools
//!
//! curl localhost:8000/v1/chat/completions -H 'Content-Type: application/json' \
//!   -d '{"messages": [{"role": "user", "content": "Rome"}],
//!        "tools": [{"type": "function", "function": {"name": "get_weather"}}]}'
//! ```
//!
//! The answer's `finish_reason` is `tool_calls`. The client calls `get_weather` and sends its next request, with
//! the call and the result at the end of the messages:
//!
//! ```text
//! curl localhost:8000/v1/chat/completions -H 'Content-Type: application/json' \
//!   -d '{"messages": [{"role": "user", "content": "Rome"},
//!          {"role": "assistant", "tool_calls": [{"id": "call_1", "type": "function",
//!            "function": {"name": "get_weather", "arguments": "{\"city\":\"Rome\"}"}}]},
//!          {"role": "tool", "tool_call_id": "call_1", "content": "21 degrees and sunny"}]}'
//! ```

use alphora::prelude::*;
use serde_json::json;

const TOOL: &str = "get_weather";

#[agent]
struct Forecaster {
    #[agent(stream)]
    stream: DataStreamer,
}

#[agent]
impl Forecaster {
    async fn run(&self, request: OpenAIRequest) -> Result<(), AgentError> {
        let city = request.get_user_query();
        if let Some(result) = request.messages.last().filter(|message| message.role == Role::Tool) {
            self.stream.text(format!("The weather in {city}: {}.", result.text())).await?;
        } else if request.tools()?.iter().any(|tool| tool.name == TOOL) {
            self.stream.tool_call(TOOL, json!({ "city": city }).to_string()).await?;
        } else {
            self.stream.text(format!("Offer me a tool `{TOOL}`, and I can tell you.")).await?;
        }
        Ok(())
    }
}

#[alphora::main]
async fn main() -> alphora::Result {
    publish(Forecaster::new()).serve().await
}
