//! What agents answer.

use serde_json::{Value, json};

use super::super::parts::schema;

pub(super) fn all() -> [(&'static str, Value); 9] {
    [
        ("ChatCompletion", chat_completion()),
        ("Choice", choice()),
        ("AssistantMessage", assistant_message()),
        ("MixedContent", mixed_content()),
        ("ChatCompletionChunk", chat_completion_chunk()),
        ("ChunkChoice", chunk_choice()),
        ("Delta", delta()),
        ("ToolCall", tool_call()),
        ("Usage", usage()),
    ]
}

fn chat_completion() -> Value {
    json!({
        "type": "object",
        "description": "An answer in one piece.",
        "required": ["id", "object", "created", "model", "choices", "usage"],
        "properties": {
            "id": {"type": "string", "description": "Names the answer, and the run that gave it."},
            "object": {"const": "chat.completion"},
            "created": {"type": "integer", "description": "When, in seconds since 1970."},
            "model": {"type": "string", "description": "The model that was asked for, or the server's name for it."},
            "choices": {
                "type": "array",
                "minItems": 1,
                "maxItems": 1,
                "items": schema("Choice"),
                "description": "Always one.",
            },
            "usage": schema("Usage"),
        },
    })
}

fn choice() -> Value {
    json!({
        "type": "object",
        "description": "The answer itself.",
        "required": ["index", "message", "logprobs", "finish_reason"],
        "properties": {
            "index": {"const": 0},
            "message": schema("AssistantMessage"),
            "delta": schema("MixedContent"),
            "logprobs": {"type": "null"},
            "finish_reason": finish_reason("string"),
        },
    })
}

fn finish_reason(types: impl Into<Value>) -> Value {
    json!({
        "type": types.into(),
        "description": "Why the answer ended: `stop`, `length`, `tool_calls`, `content_filter`. On an agent's own path \
            also `timeout`, or a reason of the agent's own.",
    })
}

fn assistant_message() -> Value {
    json!({
        "type": "object",
        "description": "What the agent says.",
        "required": ["role", "content", "refusal"],
        "properties": {
            "role": {"const": "assistant"},
            "content": {"type": ["string", "null"], "description": "The answer; null beside tool calls alone."},
            "refusal": {"type": "null"},
            "reasoning_content": {
                "type": "string",
                "description": "What the agent thought and did on the way, if it said so.",
            },
            "tool_calls": {
                "type": "array",
                "items": schema("ToolCall"),
                "description": "What the client is asked to do.",
            },
        },
    })
}

fn mixed_content() -> Value {
    json!({
        "type": "object",
        "description": "On an agent's own path: all that the agent sent, by type, in one text.",
        "required": ["content", "content_type"],
        "properties": {
            "content": {
                "type": "string",
                "description": "One `<content type=\"..\">` element a type, in order of first appearance; \
                    `& < > \" '` are escaped.",
            },
            "content_type": {"const": "mixed-xml"},
        },
    })
}

fn chat_completion_chunk() -> Value {
    json!({
        "type": "object",
        "description": "One event of a stream. `id`, `created` and `model` are the same in all of them.",
        "required": ["id", "object", "created", "model", "choices"],
        "properties": {
            "id": {"type": "string", "description": "Names the answer, and the run that gives it."},
            "object": {"const": "chat.completion.chunk"},
            "created": {"type": "integer", "description": "When, in seconds since 1970."},
            "model": {"type": "string", "description": "The model that was asked for, or the server's name for it."},
            "choices": {
                "type": "array",
                "maxItems": 1,
                "items": schema("ChunkChoice"),
                "description": "One; none in the chunk that has the usage.",
            },
            "usage": {
                "anyOf": [schema("Usage"), {"type": "null"}],
                "description": "Only if `stream_options.include_usage` asked for it: null, and at the end the usage.",
            },
        },
    })
}

fn chunk_choice() -> Value {
    json!({
        "type": "object",
        "description": "A piece of the answer.",
        "required": ["index", "delta", "finish_reason"],
        "properties": {
            "index": {"const": 0},
            "delta": schema("Delta"),
            "finish_reason": finish_reason(json!(["string", "null"])),
        },
    })
}

fn delta() -> Value {
    json!({
        "type": "object",
        "description": "What is new.",
        "properties": {
            "role": {"const": "assistant", "description": "In the first chunk only."},
            "content": {"type": ["string", "null"], "description": "A piece of text."},
            "content_type": {
                "type": "string",
                "description": "On an agent's own path: what the text is. The last chunk has the type `stop`.",
                "examples": ["text", "thinking", "code", "tool_call", "status", "stop"],
            },
            "reasoning_content": {
                "type": "string",
                "description": "On the OpenAI-compatible path: a piece of what the agent thinks or does.",
            },
            "tool_calls": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["index", "function"],
                    "properties": {
                        "index": {"type": "integer"},
                        "id": {"type": "string"},
                        "type": {"const": "function"},
                        "function": {
                            "type": "object",
                            "properties": {"name": {"type": "string"}, "arguments": {"type": "string"}},
                        },
                    },
                },
                "description": "A call, piece by piece: id and name first, then fragments of the arguments, to be \
                    joined by `index`.",
            },
        },
    })
}

fn tool_call() -> Value {
    json!({
        "type": "object",
        "description": "A call that the client is asked to make. Its result is a message with the role `tool`.",
        "required": ["id", "type", "function"],
        "properties": {
            "id": {"type": "string", "description": "Names the call; the result repeats it as `tool_call_id`."},
            "type": {"type": "string", "description": "`function`."},
            "function": {
                "type": "object",
                "required": ["name", "arguments"],
                "description": "Which function, with which arguments.",
                "properties": {
                    "name": {"type": "string", "description": "The function's name."},
                    "arguments": {"type": "string", "description": "Its arguments, as JSON text."},
                },
            },
        },
    })
}

fn usage() -> Value {
    json!({
        "type": "object",
        "description": "How many tokens the run took, as the agent reports them; zeros if it does not.",
        "required": ["prompt_tokens", "completion_tokens", "total_tokens"],
        "properties": {
            "prompt_tokens": {"type": "integer", "description": "Tokens of the prompt."},
            "completion_tokens": {"type": "integer", "description": "Tokens of the answer, reasoning included."},
            "total_tokens": {"type": "integer", "description": "The sum of both."},
            "completion_tokens_details": {
                "type": "object",
                "description": "What the answer's tokens were.",
                "properties": {"reasoning_tokens": {"type": "integer", "description": "Tokens of reasoning."}},
            },
        },
    })
}
