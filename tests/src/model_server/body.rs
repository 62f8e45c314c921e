//! What a model server says, in OpenAI's JSON.

use serde_json::{Value, json};

/// The data of the event that ends a stream.
pub const DONE: &str = "[DONE]";

/// The data of an event with a piece of text.
pub fn content(text: &str) -> String {
    chunk(&json!({ "content": text }), None)
}

/// The data of the event that announces the end.
pub fn finish(reason: &str) -> String {
    chunk(&json!({}), Some(reason))
}

/// The data of the event with the tokens.
pub fn usage(prompt: u64, completion: u64) -> String {
    json!({
        "object": "chat.completion.chunk",
        "choices": [],
        "usage": { "prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion },
    })
    .to_string()
}

/// The data of all events of a complete answer that says `words`.
pub fn sentence(words: &[impl AsRef<str>]) -> Vec<String> {
    let mut events = vec![chunk(&json!({ "role": "assistant", "content": null }), None)];
    events.extend(words.iter().map(|word| content(word.as_ref())));
    events.push(finish("stop"));
    events.push(usage(7, words.len() as u64));
    events.push(DONE.to_owned());
    events
}

fn chunk(delta: &Value, finish_reason: Option<&str>) -> String {
    let choice = json!({ "index": 0, "delta": delta, "finish_reason": finish_reason });
    json!({ "id": "chatcmpl-1", "object": "chat.completion.chunk", "choices": [choice] }).to_string()
}
