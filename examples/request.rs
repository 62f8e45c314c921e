//! Everything that an agent can read from a request.
//!
//! ```text
//! cargo run -p alphora-examples --example request
//!
//! curl localhost:8000/alphadata/chat/completions \
//!   -H 'Content-Type: application/json' -H 'Authorization: Bearer not-needed' \
//!   -d '{"messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "你好"}],
//!        "stream": false, "session_id": "user-session-001", "user": "user-123",
//!        "temperature": 0.2, "custom_field": {"level": 3}}'
//! ```
//!
//! With `"temperature": "warm"` the `?` answers 400, and the error body's `param` is `temperature`.

use alphora::prelude::*;
use serde::Deserialize;
use serde_json::json;

/// A field that OpenAI's API does not have, as a type of one's own.
#[derive(Deserialize)]
struct CustomField {
    level: u8,
}

#[agent]
struct Inspector;

#[agent]
impl Inspector {
    async fn run(&self, request: OpenAIRequest) -> Result<String, AgentError> {
        // The text of the last message of the user, whether it came as a string or in parts.
        let query = request.get_user_query();
        // All messages, with their roles.
        let roles: Vec<&str> = request.messages.iter().map(|message| message.role.as_str()).collect();
        // Headers, whatever the case of the name; and all of them.
        let authorization = request.get_header("Authorization");
        let header_count = request.headers().count();
        // Any other field, as the type that is asked for; `None` if it is absent.
        let level = request.extra::<CustomField>("custom_field")?.map(|field| field.level);
        // The parameters of OpenAI's API are checked only when an agent asks for them.
        let temperature = request.temperature()?;
        let max_tokens = request.max_tokens()?;
        let tools: Vec<String> = request.tools()?.into_iter().map(|tool| tool.name).collect();

        let seen = json!({
            "query": query,
            "roles": roles,
            "model": request.model,
            "session_id": request.session_id,
            "user": request.user,
            "stream": request.stream,
            "authorization": authorization,
            "header_count": header_count,
            "level": level,
            "temperature": temperature,
            "max_tokens": max_tokens,
            "tools": tools,
        });
        Ok(seen.to_string())
    }
}

#[alphora::main]
async fn main() -> alphora::Result {
    publish(Inspector).serve().await
}
