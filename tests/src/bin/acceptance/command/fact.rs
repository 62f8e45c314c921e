//! Commands that ask what the request says.

use alphora::prelude::*;
use alphora::{Content, ContentPart, RequestError};
use serde_json::value::RawValue;

use super::Command;

/// The answer to `command` if it is one of these.
pub(crate) fn fact(command: Command<'_>, request: &OpenAIRequest) -> Result<Option<String>, AgentError> {
    let fact = match command {
        ("header", Some(name)) => or_none(request.get_header(name)),
        ("field", Some(name)) => or_none(field(request, name)?.as_deref()),
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

/// A field of the request as it was sent, `null` included, in its compact form.
fn field(request: &OpenAIRequest, name: &str) -> Result<Option<String>, RequestError> {
    // Of a `stream` that was not sent the request would say what that counts as.
    if name == "stream" && request.stream_given().is_none() {
        return Ok(None);
    }
    let given: Option<Box<RawValue>> = request.extra(name)?;
    Ok(given.as_deref().or(request.raw(name)).map(|raw| compact(raw.get())))
}

/// JSON without the white space between its tokens, and with every token as it was.
fn compact(json: &str) -> String {
    let (mut in_string, mut escaped) = (false, false);
    json.chars()
        .filter(|character| {
            if *character == '"' && !escaped {
                in_string = !in_string;
            }
            escaped = *character == '\\' && !escaped;
            in_string || !character.is_ascii_whitespace()
        })
        .collect()
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

#[cfg(test)]
mod tests {
    use super::compact;

    #[test]
    fn white_space_goes_and_tokens_stay() {
        let json = "{ \"a b\" : [ 1.50 ,\n \"\\\" \\\\\" ] , \"c\" : \"d e\" }";
        assert_eq!(compact(json), r#"{"a b":[1.50,"\" \\"],"c":"d e"}"#);
    }
}
