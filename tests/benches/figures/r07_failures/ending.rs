//! How an answer ended, and whether it is an ending at all.

use alphora_tests::Answer;
use serde_json::Value;

/// A well-formed ending.
#[derive(Debug)]
pub(super) enum Ending {
    /// The answer is complete, in a stream or in one piece.
    Whole { content: String },
    /// A stream that ends in an error event.
    Event { content: String, code: String },
    /// An error instead of an answer.
    Refusal { status: u16, code: String },
}

/// How the answer ended, or why that is none.
pub(super) fn judge(answer: &Answer) -> Result<Ending, String> {
    let kind = answer.header("content-type").unwrap_or_default();
    match answer.status {
        200 if kind.starts_with("text/event-stream") => stream(answer),
        200 => {
            let body = json(&answer.body)?;
            let choice = &body["choices"][0];
            let content = choice["message"]["content"].as_str().ok_or("a completion without content")?;
            choice["finish_reason"].as_str().ok_or("a completion without a finish reason")?;
            Ok(Ending::Whole { content: content.to_owned() })
        }
        status => {
            let code = code_of(&json(&answer.body)?)?;
            let header = answer.header("x-request-id").ok_or("an error without a request id")?;
            if code == "agent_error" && !answer.body.contains(header) {
                return Err("a private error that does not name its request".to_owned());
            }
            Ok(Ending::Refusal { status, code })
        }
    }
}

fn stream(answer: &Answer) -> Result<Ending, String> {
    if !answer.chunked {
        return Err("a stream that is not chunked".to_owned());
    }
    let mut events = answer.events();
    if events.pop().as_deref() != Some("[DONE]") {
        return Err("a stream without `[DONE]` at its end".to_owned());
    }
    let (mut content, mut endings) = (String::new(), Vec::new());
    let last = events.len().saturating_sub(1);
    for (at, event) in events.iter().enumerate() {
        let event = json(event)?;
        let ending = if event.get("error").is_some() {
            Some(Some(code_of(&event)?))
        } else {
            let choice = &event["choices"][0];
            content.push_str(choice["delta"]["content"].as_str().unwrap_or_default());
            choice["finish_reason"].as_str().map(|_| None)
        };
        if let Some(ending) = ending {
            if at != last {
                return Err("something follows the ending".to_owned());
            }
            endings.push(ending);
        }
    }
    match endings.pop() {
        Some(Some(code)) => Ok(Ending::Event { content, code }),
        Some(None) => Ok(Ending::Whole { content }),
        None => Err("a stream without a finish or an error".to_owned()),
    }
}

fn code_of(body: &Value) -> Result<String, String> {
    let error = body["error"].as_object().ok_or("an error that is no object")?;
    for key in ["message", "type", "param", "code"] {
        if !error.contains_key(key) {
            return Err(format!("an error without `{key}`"));
        }
    }
    error["code"].as_str().map(str::to_owned).ok_or_else(|| "an error without a code".to_owned())
}

fn json(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|error| error.to_string())
}
