//! Whatever comes: no panic, and what is accepted is written as an equal request.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::wire::OpenAIRequest;

/// Reads, asks for everything, writes and reads again.
fn check(body: &[u8]) -> Result<bool, TestCaseError> {
    if let Ok(text) = std::str::from_utf8(body)
        && let Some(plain) = OpenAIRequest::read_plain(text)
    {
        prop_assert_eq!(OpenAIRequest::read(text), Ok(plain), "both readers agree");
    }
    let request = match OpenAIRequest::from_slice(body) {
        Ok(request) => request,
        Err(error) => {
            prop_assert!(error.message().chars().count() < 300);
            prop_assert!(!error.message().contains(char::is_control));
            prop_assert!(serde_json::to_string(&error.to_body()).is_ok());
            return Ok(false);
        }
    };
    let written = serde_json::to_vec(&request).unwrap();
    let again = OpenAIRequest::from_slice(&written);
    prop_assert_eq!(again.as_ref(), Ok(&request), "{}", String::from_utf8_lossy(&written));
    prop_assert_eq!(serde_json::to_vec(&again.unwrap()).unwrap(), written.clone(), "writing is stable");
    prop_assert_eq!(serde_json::from_slice::<OpenAIRequest>(&written).unwrap(), request.clone());
    ask_everything(&request);
    Ok(true)
}

/// Every accessor answers or refuses.
fn ask_everything(request: &OpenAIRequest) {
    let _ = (
        request.get_user_query(),
        request.earlier_messages(),
        request.include_usage(),
        format!("{request:?}"),
    );
    let _ = (
        request.temperature(),
        request.top_p(),
        request.max_tokens(),
        request.stop_sequences(),
        request.seed(),
    );
    let _ =
        (request.logit_bias(), request.metadata(), request.modalities(), request.logprobs(), request.store());
    let _ = (request.tools(), request.tool_choice(), request.response_format(), request.reasoning_effort());
    for name in request.fields() {
        let _ = (request.extra::<Value>(name), request.extra::<Vec<u8>>(name));
    }
    for message in &request.messages {
        let _ = (message.text(), message.content.is_empty());
    }
}

/// Any JSON, with the names and words that mean something here more often than others.
fn any_json() -> impl Strategy<Value = Value> {
    let word = prop_oneof![
        2 => prop::sample::select(WORDS.to_vec()).prop_map(str::to_owned),
        1 => any::<String>(),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        word.clone().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 64, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(word.clone(), inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

const WORDS: [&str; 26] = [
    "model",
    "messages",
    "stream",
    "session_id",
    "user",
    "n",
    "stream_options",
    "include_usage",
    "role",
    "content",
    "name",
    "tool_call_id",
    "tool_calls",
    "id",
    "type",
    "function",
    "arguments",
    "custom",
    "text",
    "image_url",
    "assistant",
    "system",
    "tools",
    "tool_choice",
    "response_format",
    "stop",
];

/// Bodies that are mostly right, so that many are accepted.
fn likely_request() -> impl Strategy<Value = Value> {
    let optional = |value: BoxedStrategy<Value>| prop::option::of(value);
    let text = any::<String>().prop_map(Value::from).boxed();
    let part = prop_oneof![
        any::<String>().prop_map(|text| json!({"type": "text", "text": text})),
        (any::<String>(), any_json()).prop_map(|(kind, value)| json!({"type": kind, "value": value})),
    ];
    let content = prop_oneof![
        3 => text.clone(),
        1 => Just(Value::Null),
        2 => prop::collection::vec(part, 0..4).prop_map(Value::from),
        1 => any_json().prop_map(|value| json!({"object": value})),
    ];
    let call = (any::<String>(), any::<String>(), any_json()).prop_map(
        |(id, text, other)| json!({"id": id, "function": {"name": text, "arguments": text}, "other": other}),
    );
    let role = prop::sample::select(vec!["user", "assistant", "system", "tool", "other"]);
    let message = (role, content, optional(text.clone()), prop::collection::vec(call, 0..3), optional(any_json().boxed()))
        .prop_map(|(role, content, name, calls, extra)| {
            json!({"role": role, "content": content, "name": name, "tool_calls": calls, "extra": extra})
        });
    let messages = prop::collection::vec(message, 0..5).prop_map(Value::from);
    (messages, optional(text.clone()), any::<Option<bool>>(), optional(text), any::<String>(), any_json())
        .prop_map(|(messages, model, stream, session_id, name, value)| {
            let mut body =
                json!({"messages": messages, "model": model, "stream": stream, "session_id": session_id});
            if !WORDS.contains(&name.as_str()) {
                body[name] = value;
            }
            body
        })
}

proptest! {
    #[test]
    fn any_bytes(body in prop::collection::vec(any::<u8>(), 0..200)) {
        check(&body)?;
    }

    #[test]
    fn any_text(body in "[\\[\\]{}:,\"\\\\ud8n1e. -]{0,40}") {
        check(body.as_bytes())?;
    }

    #[test]
    fn any_value(body in any_json()) {
        check(body.to_string().as_bytes())?;
        check(json!({"messages": [body]}).to_string().as_bytes())?;
        check(json!({"messages": [{"role": "user", "content": body}]}).to_string().as_bytes())?;
        check(json!({"messages": [{"role": "user", "tool_calls": [body]}], "tools": [body], "tool_choice": body,
            "response_format": body, "stop": body, "metadata": body}).to_string().as_bytes())?;
    }

    #[test]
    fn likely_requests_are_accepted(body in likely_request()) {
        prop_assert!(check(body.to_string().as_bytes())?, "{}", body);
        prop_assert!(check(serde_json::to_string_pretty(&body).unwrap().as_bytes())?);
    }

    /// A request that is cut short, or has one byte changed, is a mistake like any other.
    #[test]
    fn damaged_requests(body in likely_request(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut body = body.to_string().into_bytes();
        let at = at.index(body.len());
        prop_assert!(!check(&body[..at])?);
        body[at] = byte;
        check(&body)?;
    }
}
