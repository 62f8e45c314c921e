//! Bodies that are made to cost memory: every list that is kept has a limit, so that what is kept is at most a
//! small multiple of the body and of the limits.

use super::parse;
use crate::wire::reader::{MAX_DETAILS, MAX_FIELDS, MAX_LIST, MAX_MESSAGES};
use crate::wire::{Message, OpenAIRequest};

fn list(count: usize, entry: &str) -> String {
    format!("[{}]", vec![entry; count].join(","))
}

fn refused(body: &str, param: Option<&str>, limit: usize) {
    let error = parse(body).unwrap_err();
    assert_eq!((error.code(), error.param()), ("invalid_value", param), "{error}");
    assert!(error.message().contains(&limit.to_string()), "{error}");
}

#[test]
fn messages_are_limited() {
    let body = |count| format!(r#"{{"messages": {}}}"#, list(count, r#"{"role":""}"#));
    assert_eq!(parse(&body(MAX_MESSAGES)).unwrap().messages.len(), MAX_MESSAGES);
    refused(&body(MAX_MESSAGES + 1), Some("messages"), MAX_MESSAGES);
}

#[test]
fn fields_are_limited() {
    let body = |count| format!("{{{}}}", vec![r#""":0"#; count].join(","));
    assert_eq!(parse(&body(MAX_FIELDS)).unwrap().fields().count(), MAX_FIELDS);
    refused(&body(MAX_FIELDS + 1), None, MAX_FIELDS);
}

#[test]
fn parts_of_a_message_are_limited() {
    let body = |count| format!(r#"{{"messages": [{{"role": "user", "content": {}}}]}}"#, list(count, "{}"));
    parse(&body(MAX_LIST)).unwrap();
    refused(&body(MAX_LIST + 1), Some("messages[0].content"), MAX_LIST);
}

#[test]
fn details_of_all_messages_are_limited_together() {
    let full = |message: &str| format!(r#"{{"messages": {}}}"#, list(MAX_DETAILS / 1000, message));
    let over = |message: &str| format!(r#"{{"messages": {}}}"#, list(MAX_DETAILS / 1000 + 1, message));
    let parts = format!(r#"{{"role":"","content":{}}}"#, list(1000, "{}"));
    let calls = format!(r#"{{"role":"","tool_calls":{}}}"#, list(1000, "{}"));
    let fields = format!(r#"{{"role":"",{}}}"#, vec![r#""":0"#; 1000].join(","));
    for message in [parts, calls, fields] {
        parse(&full(&message)).unwrap();
        refused(&over(&message), None, MAX_DETAILS);
    }
}

#[test]
fn lists_that_an_agent_asks_for_are_limited() {
    let long = |entry: &str| list(MAX_LIST + 1, entry);
    let body = format!(
        r#"{{"stop": {}, "modalities": {}, "tools": {}, "metadata": {{{}}}}}"#,
        long(r#""""#),
        long(r#""""#),
        long(r#"{"type":""}"#),
        (0..=MAX_LIST).map(|index| format!(r#""{index}":"""#)).collect::<Vec<_>>().join(",")
    );
    let request = parse(&body).unwrap();
    let errors = [
        (request.stop_sequences().unwrap_err(), "stop"),
        (request.modalities().unwrap_err(), "modalities"),
        (request.tools().unwrap_err(), "tools"),
        (request.metadata().unwrap_err(), "metadata"),
    ];
    for (error, param) in errors {
        assert_eq!((error.code(), error.param()), ("invalid_value", Some(param)));
    }
}

/// The shapes that cost a tree of values up to a hundred times their size (98 for `[{"":0},..]`).
#[test]
fn a_hostile_body_is_refused_or_kept_as_text() {
    for entry in [r#"{"":0}"#, "[0]", "0", "[[]]", r#""""#, "{}"] {
        let body = list(500_000, entry);
        let unknown = parse(&format!(r#"{{"x": {body}}}"#)).unwrap();
        assert_eq!(unknown.raw("x").unwrap().get().len(), body.len());
        parse(&format!(r#"{{"messages": {body}}}"#)).unwrap_err();
        parse(&format!(r#"{{"messages": [{{"role": "user", "content": {body}}}]}}"#)).unwrap_err();
        let kept = parse(&format!(r#"{{"messages": [{{"role": "user", "x": {body}}}]}}"#)).unwrap();
        assert!(kept_bytes(&kept) <= 2 * body.len());
    }
    let object =
        format!(r#"{{"messages": [{{"role": "user", "content": {{"x": {}}}}}]}}"#, list(500_000, "0"));
    assert!(kept_bytes(&parse(&object).unwrap()) <= 2 * object.len());
}

/// What a request holds: its texts, and the room that its lists have reserved.
fn kept_bytes(request: &OpenAIRequest) -> usize {
    let texts = serde_json::to_string(request).unwrap().len();
    texts + request.messages.capacity() * size_of::<Message>()
}
