//! Commands that ask what the request says.

use alphora::prelude::*;
use alphora::{Content, ContentPart, RequestError};

use super::Command;
use crate::json::Json;

/// The answer to `command` if it is one of these.
pub(crate) fn fact(command: Command<'_>, request: &OpenAIRequest) -> Result<Option<String>, AgentError> {
    let fact = match command {
        ("header", Some(name)) => or_none(request.get_header(name)),
        ("field", Some(name)) => or_none(field(request, name)?.map(|json| json.to_string()).as_deref()),
        ("who", None) => format!(
            "session={} user={} model={} stream={}",
            or_none(request.session_id.as_deref()),
            or_none(request.user.as_deref()),
            or_none(request.model.as_deref()),
            request.stream,
        ),
        ("roles", None) => {
            let roles: Vec<_> = request.messages.iter().map(|message| message.role.as_str()).collect();
            roles.join(",")
        }
        ("parts", None) => parts(request),
        _ => return Ok(None),
    };
    Ok(Some(fact))
}

/// A field of the request, `null` included.
fn field(request: &OpenAIRequest, name: &str) -> Result<Option<Json>, RequestError> {
    match request.raw(name) {
        Some(raw) => Ok(Some(Json::of(raw))),
        None => request.extra(name),
    }
}

/// What the last user message is made of.
fn parts(request: &OpenAIRequest) -> String {
    let last = request.messages.iter().rfind(|message| message.role == Role::User);
    match last.map(|message| &message.content) {
        Some(Content::Text(_)) => "string".to_owned(),
        Some(Content::Parts(parts)) => parts.iter().map(ContentPart::kind).collect::<Vec<_>>().join(","),
        _ => String::new(),
    }
}

fn or_none(value: Option<&str>) -> String {
    value.unwrap_or("none").to_owned()
}
