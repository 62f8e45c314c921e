//! What is not known survives as it came, and small things stay small.

use super::accepted;
use crate::wire::{Content, Message, OpenAIRequest, RequestError};

#[test]
fn unknown_fields_are_written_as_they_were_read() {
    let body = r#"{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"a","cache_control":{"type":"x"}},{"z":1,"a":1.0e2}],"zebra":{"b":1,"a":2}},{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"","thought":"t"},"index":0}],"big":123456789012345678901234567890}],"stream":false,"session_id":"s","user":"u","zebra":{"b": 1,"a":[ ]},"apple":"\u00e9"}"#;
    assert_eq!(serde_json::to_string(&accepted(body)).unwrap(), body);
}

#[test]
fn an_absent_stream_stays_absent_until_the_server_decides() {
    let mut request = accepted("{}");
    assert_eq!(serde_json::to_string(&request).unwrap(), r#"{"messages":[]}"#);
    request.stream = false;
    assert_eq!(serde_json::to_string(&request).unwrap(), r#"{"messages":[],"stream":false}"#);
    assert_eq!(request.stream_given(), None);
}

#[test]
fn serde_reads_the_same_from_text_value_and_reader() {
    let body =
        r#"{"messages":[{"role":"user","content":[{"type":"text","text":"é"}],"x":1}],"temperature":1}"#;
    let request = accepted(body);
    assert_eq!(serde_json::from_str::<OpenAIRequest>(body).unwrap(), request);
    assert_eq!(serde_json::from_reader::<_, OpenAIRequest>(body.as_bytes()).unwrap(), request);
    let value: serde_json::Value = serde_json::from_str(body).unwrap();
    assert_eq!(serde_json::from_value::<OpenAIRequest>(value).unwrap().get_user_query(), "é");
    let error = serde_json::from_str::<Vec<Message>>(r#"[{"role": 1}]"#).unwrap_err();
    assert!(error.to_string().starts_with("`role` must be a string"), "{error}");
}

#[test]
fn a_deep_value_is_kept_without_recursion() {
    let deep = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
    let request = accepted(&format!(
        r#"{{"deep": {deep}, "messages": [{{"role": "user", "content": {{"a": {deep}}}}}]}}"#
    ));
    assert_eq!(request.raw("deep").unwrap().get().len(), 400_000);
    assert_eq!(accepted(&serde_json::to_string(&request).unwrap()), request);
    assert_eq!(request.extra::<serde_json::Value>("deep").unwrap_err().code(), "invalid_value");
}

#[test]
fn sizes() {
    assert!(size_of::<Message>() <= 136, "{}", size_of::<Message>());
    assert!(size_of::<Content>() <= 32, "{}", size_of::<Content>());
    assert!(size_of::<OpenAIRequest>() <= 136, "{}", size_of::<OpenAIRequest>());
    assert!(size_of::<RequestError>() <= 64, "{}", size_of::<RequestError>());
}

#[test]
fn a_request_may_go_anywhere() {
    fn anywhere<T: Send + Sync + Clone + std::fmt::Debug + 'static>() {}
    anywhere::<OpenAIRequest>();
    anywhere::<RequestError>();
}
