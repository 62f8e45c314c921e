//! Requests and answers in the seed's words.

use serde_json::{Value, json};

/// The requests that the seed shows. On `/v1` each names a model.
pub(super) fn requests(model: Option<&str>) -> Value {
    let mut streaming = json!({
        "messages": [{"role": "user", "content": "你好"}],
        "stream": true,
        "session_id": "test-session",
    });
    let mut whole = json!({"messages": [{"role": "user", "content": "你好"}], "stream": false});
    if let Some(model) = model {
        streaming["model"] = json!(model);
        whole["model"] = json!(model);
    }
    let every_field = json!({
        "model": model.unwrap_or("gpt-4"),
        "messages": [
            {"role": "system", "content": "You are a helpful assistant."},
            {"role": "user", "content": "你好"},
        ],
        "stream": true,
        "session_id": "user-session-001",
        "user": "user-123",
    });
    json!({
        "streaming": {"summary": "Streaming", "value": streaming},
        "whole": {"summary": "In one piece", "value": whole},
        "every_field": {"summary": "With every field of its own", "value": every_field},
    })
}

/// An answer in one piece on an agent's own path.
pub(super) fn agent_completion() -> Value {
    let mut completion = completion("AlphaData");
    completion["choices"][0]["delta"] = json!({
        "content": "<content type=\"text\">你好！有什么可以帮助你的？</content>\
            <content type=\"thinking\">用户在打招呼</content>",
        "content_type": "mixed-xml",
    });
    completion
}

/// An answer in one piece on `/v1`.
pub(super) fn openai_completion() -> Value {
    completion("agent")
}

fn completion(model: &str) -> Value {
    json!({
        "id": "cmpl-xxx",
        "object": "chat.completion",
        "created": 1_234_567_890,
        "model": model,
        "choices": [{
            "index": 0,
            "message": {
                "role": "assistant",
                "content": "你好！有什么可以帮助你的？",
                "refusal": null,
                "reasoning_content": "用户在打招呼",
            },
            "logprobs": null,
            "finish_reason": "stop",
        }],
        "usage": {
            "prompt_tokens": 1,
            "completion_tokens": 2,
            "total_tokens": 3,
            "completion_tokens_details": {"reasoning_tokens": 1},
        },
    })
}

/// Writes a stream of chunks from what differs between them.
macro_rules! stream {
    ($model:literal, $($delta:literal $reason:literal,)*) => {
        concat!(
            $(
                "data: {\"id\":\"cmpl-xxx\",\"object\":\"chat.completion.chunk\",\"created\":1234567890,\"model\":\"",
                $model, "\",\"choices\":[{\"index\":0,\"delta\":", $delta, ",\"finish_reason\":", $reason, "}]}\n\n",
            )*
            "data: [DONE]\n\n",
        )
    };
}

/// A stream on an agent's own path.
pub(super) const AGENT_STREAM: &str = stream!(
    "AlphaData",
    r#"{"role":"assistant","content":"用户在打招呼","content_type":"thinking"}"# "null",
    r#"{"content":"你","content_type":"text"}"# "null",
    r#"{"content":"好","content_type":"text"}"# "null",
    r#"{"content":"","content_type":"stop"}"# r#""stop""#,
);

/// The end of a stream that could be resumed.
pub(super) const RESUMED_STREAM: &str = concat!(
    "id: 4\ndata: {\"id\":\"cmpl-xxx\",\"object\":\"chat.completion.chunk\",\"created\":1234567890,",
    "\"model\":\"agent\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n",
    "id: 5\ndata: [DONE]\n\n",
);

/// A stream on `/v1`.
pub(super) const OPENAI_STREAM: &str = stream!(
    "agent",
    r#"{"role":"assistant","content":""}"# "null",
    r#"{"reasoning_content":"用户在打招呼"}"# "null",
    r#"{"content":"你"}"# "null",
    r#"{"content":"好"}"# "null",
    r#"{}"# r#""stop""#,
);
