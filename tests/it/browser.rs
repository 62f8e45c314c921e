//! What pages of other sites can do to a server on a user's machine, which is nothing; and what its own page does.

mod chromium;
mod cors;
mod hosts;
mod origins;
mod page;
mod real;

use alphora::{AuthenticationError, Principal};
use axum::http::HeaderMap;

const OPENAI: &str = "/v1/chat/completions";
const AGENT: &str = "/scripted/chat/completions";

/// A chat completion whose agent does what `script` says.
fn body(script: &str) -> String {
    serde_json::json!({ "messages": [{ "role": "user", "content": script }], "stream": false }).to_string()
}

/// A request with these headers and no others.
fn raw(method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> Vec<u8> {
    let mut text = format!("{method} {target} HTTP/1.1\r\nConnection: close\r\n");
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    if method == "POST" {
        text.push_str(&format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len()));
    }
    format!("{text}\r\n{body}").into_bytes()
}

/// Lets in whoever has the key.
fn by_key(headers: &HeaderMap) -> Result<Principal, AuthenticationError> {
    match headers.get("authorization").and_then(|value| value.to_str().ok()) {
        Some("Bearer the-key") => Ok(Principal::new("alice")),
        Some("Bearer barred") => Err(AuthenticationError::forbidden("not you")),
        _ => Err(AuthenticationError::unauthenticated()),
    }
}
