//! Bodies that are refused: with which code, naming which field.

use super::parse;
use crate::error::{AgentError, Error, ErrorKind};
use crate::wire::OpenAIRequest;

const JSON: &str = "invalid_json";
const TYPE: &str = "invalid_type";
const MISSING: &str = "missing_required_parameter";
const VALUE: &str = "invalid_value";
const UNSUPPORTED: &str = "unsupported_value";

#[test]
fn every_mistake_has_its_code_and_path() {
    let table: &[(&str, &str, Option<&str>)] = &[
        ("", JSON, None),
        (" \n\t", JSON, None),
        ("{", JSON, None),
        ("}", JSON, None),
        ("{}x", JSON, None),
        ("<x/>", JSON, None),
        (r#"{"model": "a",}"#, JSON, None),
        (r#"{"model": 01}"#, JSON, None),
        (r#"{"a": "unended}"#, JSON, None),
        ("{\"a\": \"\n\"}", JSON, None),
        (r#"{"x": NaN}"#, JSON, None),
        ("{x: 1}", JSON, None),
        ("\u{feff}{}", JSON, None),
        ("[]", TYPE, None),
        ("null", TYPE, None),
        ("true", TYPE, None),
        ("-12.5", TYPE, None),
        (r#""x""#, TYPE, None),
        (r#"{"model": 5}"#, TYPE, Some("model")),
        (r#"{"model": ["a"]}"#, TYPE, Some("model")),
        (r#"{"messages": "x"}"#, TYPE, Some("messages")),
        (r#"{"messages": {}}"#, TYPE, Some("messages")),
        (r#"{"messages": [1]}"#, TYPE, Some("messages[0]")),
        (r#"{"messages": [null]}"#, TYPE, Some("messages[0]")),
        (r#"{"messages": [{"role": "user"}, "hi"]}"#, TYPE, Some("messages[1]")),
        (r#"{"messages": [{"content": "x"}]}"#, MISSING, Some("messages[0].role")),
        (r#"{"messages": [{"role": 1}]}"#, TYPE, Some("messages[0].role")),
        (r#"{"messages": [{"role": null}]}"#, TYPE, Some("messages[0].role")),
        (r#"{"messages": [{"role": "user", "content": 5}]}"#, TYPE, Some("messages[0].content")),
        (r#"{"messages": [{"role": "user", "content": true}]}"#, TYPE, Some("messages[0].content")),
        (r#"{"messages": [{"role": "user", "content": ["x"]}]}"#, TYPE, Some("messages[0].content[0]")),
        (
            r#"{"messages": [{"role": "a"}, {"role": "user", "content": [{}, {"type": 1}]}]}"#,
            TYPE,
            Some("messages[1].content[1].type"),
        ),
        (
            r#"{"messages": [{"role": "user", "content": [{"text": 1, "type": "text"}]}]}"#,
            TYPE,
            Some("messages[0].content[0].text"),
        ),
        (r#"{"messages": [{"role": "user", "name": 1}]}"#, TYPE, Some("messages[0].name")),
        (r#"{"messages": [{"role": "tool", "tool_call_id": {}}]}"#, TYPE, Some("messages[0].tool_call_id")),
        (r#"{"messages": [{"role": "a", "tool_calls": {}}]}"#, TYPE, Some("messages[0].tool_calls")),
        (r#"{"messages": [{"role": "a", "tool_calls": [1]}]}"#, TYPE, Some("messages[0].tool_calls[0]")),
        (
            r#"{"messages": [{"role": "a", "tool_calls": [{"function": {"name": 1}}]}]}"#,
            TYPE,
            Some("messages[0].tool_calls[0].function.name"),
        ),
        (
            r#"{"messages": [{"role": "a", "tool_calls": [{"function": {"arguments": [1]}}]}]}"#,
            TYPE,
            Some("messages[0].tool_calls[0].function.arguments"),
        ),
        (r#"{"stream": "yes"}"#, TYPE, Some("stream")),
        (r#"{"stream": 1}"#, TYPE, Some("stream")),
        (r#"{"session_id": 5}"#, TYPE, Some("session_id")),
        (r#"{"user": {}}"#, TYPE, Some("user")),
        (r#"{"n": 2}"#, UNSUPPORTED, Some("n")),
        (r#"{"n": 0}"#, UNSUPPORTED, Some("n")),
        (r#"{"n": -1}"#, UNSUPPORTED, Some("n")),
        (r#"{"n": 1.5}"#, UNSUPPORTED, Some("n")),
        (r#"{"n": 1e999}"#, UNSUPPORTED, Some("n")),
        (r#"{"n": "1"}"#, TYPE, Some("n")),
        (r#"{"stream_options": true}"#, TYPE, Some("stream_options")),
        (r#"{"stream_options": {"include_usage": 1}}"#, TYPE, Some("stream_options.include_usage")),
        (
            r#"{"stream_options": {"include_usage": true, "include_usage": false}}"#,
            VALUE,
            Some("stream_options.include_usage"),
        ),
        (r#"{"model": "a", "model": "b"}"#, VALUE, Some("model")),
        (r#"{"n": 1, "n": 1}"#, VALUE, Some("n")),
        (r#"{"messages": [], "\u006dessages": []}"#, VALUE, Some("messages")),
        (r#"{"messages": [{"role": "user", "role": "system"}]}"#, VALUE, Some("messages[0].role")),
        (
            r#"{"messages": [{"role": "user", "content": [{"type": "a", "type": "b"}]}]}"#,
            VALUE,
            Some("messages[0].content[0].type"),
        ),
        // Half a surrogate pair is grammatical JSON, but no text.
        (r#"{"model": "\ud800"}"#, JSON, Some("model")),
        (r#"{"messages": [{"role": "user", "content": "\ude00"}]}"#, JSON, Some("messages[0].content")),
        (r#"{"\ud800": 1}"#, JSON, None),
        // What is no JSON at all is said first, whatever else is wrong.
        (r#"{"model": 5, "n": 7,"#, JSON, None),
    ];
    for (body, code, param) in table {
        let error = parse(body).expect_err(body);
        assert_eq!((error.code(), error.param()), (*code, *param), "{body}: {error}");
        assert!(!error.message().is_empty());
    }
}

#[test]
fn json_errors_have_line_and_column() {
    let message = |body: &[u8]| OpenAIRequest::from_slice(body).unwrap_err().to_string();
    assert!(message(b"{\n  \"a\": }").ends_with("line 2 column 8"), "{}", message(b"{\n  \"a\": }"));
    assert!(message(b"\xff\xfe").ends_with("not UTF-8 at line 1 column 1"));
    assert!(message(b"{\"a\":\n\"\xc3\xa9\xff\"}").ends_with("not UTF-8 at line 2 column 4"));
    assert!(message(b"").contains("a JSON object was expected"));
    let surrogate = message(b"{\n\"user\":\n \"a\\ud800b\"}");
    let whole = serde_json::from_str::<serde_json::Value>("{\n\"user\":\n \"a\\ud800b\"}").unwrap_err();
    assert!(
        surrogate.contains(&format!("line {} column {}", whole.line(), whole.column())),
        "{surrogate}, {whole}"
    );
}

#[test]
fn sentences_say_what_was_expected_and_what_came() {
    let message = |body: &str| parse(body).unwrap_err().to_string();
    assert_eq!(message("[]"), "the request body must be a JSON object, not an array");
    assert_eq!(message(r#"{"stream": "yes"}"#), "`stream` must be a boolean, not a string");
    assert_eq!(message(r#"{"n": 3}"#), "`n` is 3: only one answer a request can be served");
    assert_eq!(message(r#"{"user": "a", "user": "b"}"#), "`user` is given twice");
}

#[test]
fn little_of_the_request_is_repeated_and_nothing_unescaped() {
    let long = "x".repeat(1_000_000);
    let request = OpenAIRequest::user("hi")
        .with_field("custom", format!("{long}\u{1b}[31m\n"))
        .with_field("seed", 12.5)
        .with_field("stop", vec![1]);
    let name = format!("{long}\n");
    let errors = [
        OpenAIRequest::default().with_field(&name, 1).extra::<bool>(&name).unwrap_err(),
        request.extra::<u32>("custom").unwrap_err(),
        request.seed().unwrap_err(),
        request.stop_sequences().unwrap_err(),
        parse(&format!(r#"{{"n": 1{}}}"#, "0".repeat(100_000))).unwrap_err(),
    ];
    for error in errors {
        assert!(error.message().chars().count() < 400, "{error}");
        assert!(error.param().is_some_and(|param| param.chars().count() < 200));
        assert!(!error.message().contains(char::is_control), "{error:?}");
    }
}

#[test]
fn the_body_of_an_error_has_all_four_keys() {
    let body = parse(r#"{"messages": [{}]}"#).unwrap_err().to_body();
    assert_eq!(
        serde_json::to_string(&body).unwrap(),
        r#"{"error":{"message":"`messages[0].role` is missing","type":"invalid_request_error","param":"messages[0].role","code":"missing_required_parameter"}}"#,
    );
    let body = parse("[]").unwrap_err().to_body();
    assert!(serde_json::to_string(&body).unwrap().contains(r#""param":null"#));
}

#[test]
fn an_error_survives_its_way_through_an_agent() {
    fn agent(request: &OpenAIRequest) -> Result<f64, AgentError> {
        fn inner(request: &OpenAIRequest) -> Result<f64, Error> {
            Ok(request.temperature()?.unwrap_or(1.0))
        }
        Ok(inner(request)?)
    }
    let request = OpenAIRequest::user("hi").with_field("temperature", "hot");
    let error = Error::from(request.temperature().unwrap_err());
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    let through = agent(&request).unwrap_err();
    let public = through.public_error().expect("a field that does not fit is the client's mistake");
    assert_eq!((public.status, public.param.as_deref()), (400, Some("temperature")));
}
