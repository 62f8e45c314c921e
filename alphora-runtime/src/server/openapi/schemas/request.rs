//! What is sent: what `wire` takes and `negotiate` lets pass, with their own numbers.
//!
//! What a schema cannot say is said in words or left out: a model's name is measured in bytes, and all messages
//! together have a number of parts as well.

use serde_json::{Value, json};

use super::super::parts::schema;
use crate::server::negotiate::{LONGEST_MODEL, MOST_STOPS, MOST_TOOLS};
use crate::wire::{MAX_FIELDS, MAX_LIST};

pub(super) fn all(max_messages: usize) -> [(&'static str, Value); 5] {
    [
        ("ChatCompletionRequest", chat_completion_request(max_messages)),
        ("StreamOptions", stream_options()),
        ("Message", message()),
        ("ContentPart", content_part()),
        ("MessageToolCall", message_tool_call()),
    ]
}

fn chat_completion_request(max_messages: usize) -> Value {
    json!({
        "type": "object",
        "description": "OpenAI's request, and `session_id`. No field is required; any other field is handed to the \
            agent as it came.",
        "maxProperties": MAX_FIELDS,
        "additionalProperties": true,
        "properties": {
            "messages": {
                "type": ["array", "null"],
                "maxItems": max_messages,
                "items": schema("Message"),
                "description": "The conversation so far, the newest message last.",
            },
            "stream": {
                "type": ["boolean", "null"],
                "description": "Whether the answer comes piece by piece. What an absent one means is said at the \
                    operation.",
            },
            "session_id": {
                "type": ["string", "null"],
                "pattern": "^[A-Za-z0-9._:~-]*$",
                "maxLength": 128,
                "description": "The session to go on with: 1 to 128 letters, digits and `. _ : ~ -`. Absent or empty, \
                    it is taken from the header `x-session-id`, or else from `x-openwebui-chat-id`. A server may \
                    insist on the ids that it announced itself.",
            },
            "model": {
                "type": ["string", "null"],
                "maxLength": LONGEST_MODEL,
                "description": format!("Which model, that is: which agent. On an agent's own path any is accepted. At \
                    most {LONGEST_MODEL} bytes."),
            },
            "user": {"type": ["string", "null"], "description": "Who the client says its user is."},
            "stream_options": {
                "anyOf": [schema("StreamOptions"), {"type": "null"}],
                "description": "What else a stream holds.",
            },
            "n": {"enum": [1, null], "description": "How many answers: one is all that can be served."},
            "tools": {
                "maxItems": MOST_TOOLS,
                "description": "The client's own tools, as OpenAI describes them. An agent may ask for them by \
                    `tool_calls`.",
            },
            "functions": {"maxItems": MOST_TOOLS, "description": "The name of `tools` of old."},
            "tool_choice": {"description": "Whether and which tool is to be called, as OpenAI has it."},
            "response_format": {"description": "The form of the answer, as OpenAI has it."},
            "stop": {"maxItems": MOST_STOPS, "description": "What ends the answer: a text, or several."},
            "temperature": {
                "description": "This, and every parameter of OpenAI's that is not listed here, is for the agent to use \
                    or to ignore. The server does not look at it.",
            },
        },
    })
}

fn stream_options() -> Value {
    json!({
        "type": "object",
        "description": "What else a stream holds.",
        "properties": {
            "include_usage": {
                "type": ["boolean", "null"],
                "description": "Whether the stream ends with a chunk that has `usage` and no choices.",
            },
        },
    })
}

fn message() -> Value {
    json!({
        "type": "object",
        "description": "One message. Fields that are not listed are kept.",
        "required": ["role"],
        "properties": {
            "role": {
                "type": "string",
                "description": "Who says it. Other words are passed on to the agent.",
                "examples": ["system", "developer", "user", "assistant", "tool"],
            },
            "content": {
                "anyOf": [
                    {"type": "string"},
                    {"type": "array", "maxItems": MAX_LIST, "items": schema("ContentPart")},
                    {"type": "object"},
                    {"type": "null"},
                ],
                "description": "What is said: a text, or parts of several kinds, or any object.",
            },
            "name": {"type": ["string", "null"], "description": "Tells several speakers of one role apart."},
            "tool_call_id": {
                "type": ["string", "null"],
                "description": "Of a `tool` message: the call whose result it is.",
            },
            "tool_calls": {
                "type": ["array", "null"],
                "maxItems": MAX_LIST,
                "items": schema("MessageToolCall"),
                "description": "Of an `assistant` message: the calls that it asked for.",
            },
        },
    })
}

fn content_part() -> Value {
    json!({
        "type": "object",
        "description": "A text, an image, audio, a file, or another kind of part, kept as it came.",
        "properties": {
            "type": {
                "type": "string",
                "description": "The kind of part.",
                "examples": ["text", "image_url", "input_audio", "file"],
            },
            "text": {"description": "The text of a part of type `text`: a string."},
            "image_url": {"description": "The image of a part of type `image_url`: `{\"url\": \"..\"}`."},
        },
        "if": {"properties": {"type": {"const": "text"}}, "required": ["type"]},
        "then": {"properties": {"text": {"type": "string"}}},
    })
}

fn message_tool_call() -> Value {
    json!({
        "type": "object",
        "description": "A call that an assistant asked for, sent back with the conversation.",
        "properties": {
            "id": {"type": ["string", "null"], "description": "Names the call."},
            "type": {"type": ["string", "null"], "description": "`function`, or another kind."},
            "function": {
                "type": ["object", "null"],
                "description": "Which function, with which arguments.",
                "properties": {
                    "name": {"type": ["string", "null"], "description": "The function's name."},
                    "arguments": {
                        "type": ["string", "object", "null"],
                        "description": "Its arguments, as JSON text or as the object itself.",
                    },
                },
            },
        },
    })
}
