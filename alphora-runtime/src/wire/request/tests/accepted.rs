//! Bodies that are accepted, with what they mean.

use serde_json::Value;

use super::accepted;
use crate::wire::{Content, Message, OpenAIRequest, Role};

#[test]
fn nothing_is_required() {
    for body in ["{}", r#"{"messages": null}"#, r#"{"messages": []}"#, " {\n} \r\n"] {
        let request = accepted(body);
        assert_eq!(request, OpenAIRequest::default(), "{body}");
        assert!(request.stream, "the seed's default");
        assert_eq!(request.get_user_query(), "");
        assert!(request.earlier_messages().is_empty());
    }
}

#[test]
fn the_seeds_request() {
    let request = accepted(
        r#"{"model": "gpt-4", "messages": [{"role": "system", "content": "You are a helpful assistant."},
            {"role": "user", "content": "你好"}], "stream": true, "session_id": "user-session-001", "user": "user-123"}"#,
    );
    assert_eq!(request.model.as_deref(), Some("gpt-4"));
    assert_eq!(request.session_id.as_deref(), Some("user-session-001"));
    assert_eq!(request.user.as_deref(), Some("user-123"));
    assert_eq!(request.get_user_query(), "你好");
    assert_eq!(request.earlier_messages(), [Message::system("You are a helpful assistant.")]);
    assert_eq!(request.stream_given(), Some(true));
    assert_eq!(request.fields().count(), 0);
}

#[test]
fn null_is_absent() {
    let request = accepted(
        r#"{"model": null, "messages": null, "stream": null, "session_id": null, "user": null, "n": null,
            "stream_options": null, "temperature": null, "tools": null, "tool_choice": null}"#,
    );
    assert_eq!(
        (request.model.as_ref(), request.session_id.as_ref(), request.user.as_ref()),
        (None, None, None)
    );
    assert_eq!((request.stream, request.stream_given()), (true, None));
    assert_eq!(request.temperature().unwrap(), None);
    assert!(request.tools().unwrap().is_empty());
    assert!(!request.include_usage());
}

#[test]
fn an_empty_session_is_none() {
    assert_eq!(accepted(r#"{"session_id": ""}"#).session_id, None);
    assert_eq!(accepted(r#"{"session_id": " "}"#).session_id.as_deref(), Some(" "));
    assert_eq!(OpenAIRequest::user("hi").with_session_id("").session_id, None);
}

#[test]
fn one_answer_can_be_asked_for() {
    for n in ["1", "1.0", "1e0", "null"] {
        accepted(&format!(r#"{{"n": {n}}}"#));
    }
}

#[test]
fn any_role_and_any_part_is_passed_on() {
    let request = accepted(
        r#"{"messages": [
            {"role": "developer", "content": [{"type": "text", "text": "d"}]},
            {"role": "notes.pdf", "content": "AAAA"},
            {"role": "assistant", "content": null, "refusal": null, "reasoning_content": "hm",
             "tool_calls": [{"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{}"}},
                            {"id": "call_2", "type": "custom", "custom": {"name": "g", "input": "x"}}]},
            {"role": "tool", "tool_call_id": "call_1", "content": [{"type": "text", "text": "res"}]},
            {"role": "function", "name": "f", "content": "r"},
            {"role": "user", "content": {"any": ["object", 1.50]}},
            {"role": ""},
            {"role": "user", "content": [{"type": "text", "text": "parts"},
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA", "detail": "low"}},
                {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}},
                {"type": "file", "file": {"filename": "a.pdf"}}, {"type": "hologram", "text": 7}, {}]}
        ]}"#,
    );
    let roles: Vec<_> = request.messages.iter().map(|message| message.role.as_str()).collect();
    assert_eq!(roles, ["developer", "notes.pdf", "assistant", "tool", "function", "user", "", "user"]);
    assert_eq!(request.messages[1].role, Role::Other("notes.pdf".to_owned()));
    let assistant = &request.messages[2];
    assert_eq!(assistant.content, Content::Null);
    assert_eq!(assistant.tool_calls[0].function.name, "f");
    assert_eq!(assistant.tool_calls[1].kind, "custom");
    assert_eq!(assistant.tool_calls[1].extra.get("custom").unwrap().get(), r#"{"name": "g", "input": "x"}"#);
    assert_eq!(assistant.extra.get("reasoning_content").unwrap().get(), r#""hm""#);
    assert_eq!(request.messages[3].tool_call_id.as_deref(), Some("call_1"));
    assert_eq!(request.messages[5].text(), r#"{"any": ["object", 1.50]}"#);
    let Content::Parts(parts) = &request.messages[7].content else { panic!("no parts") };
    let kinds: Vec<_> = parts.iter().map(|part| part.kind().into_owned()).collect();
    assert_eq!(kinds, ["text", "image_url", "input_audio", "file", "hologram", ""]);
    assert_eq!(parts[1].image_url().unwrap().url, "data:image/png;base64,AA");
    assert_eq!(parts[1].image_url().unwrap().detail.as_deref(), Some("low"));
    assert_eq!(parts[4].text(), None);
    assert_eq!(request.get_user_query(), "parts");
}

#[test]
fn arguments_that_came_as_an_object_are_its_text() {
    let request = accepted(
        r#"{"messages": [{"role": "assistant", "tool_calls": [{"function": {"name": "f", "arguments": {"a": 1}}}]}]}"#,
    );
    let call = &request.messages[0].tool_calls[0];
    assert_eq!((call.kind.as_str(), call.function.arguments.as_str()), ("function", r#"{"a": 1}"#));
}

/// Every parameter of OpenAI's chat completions, and then some, with values of whatever type.
#[test]
fn every_documented_parameter_is_accepted() {
    let documented = r#"{"messages": [], "model": "m", "audio": {"voice": "alloy", "format": "mp3"},
        "frequency_penalty": 0.1, "function_call": "auto", "functions": [{"name": "f"}], "logit_bias": {"50256": -100},
        "logprobs": false, "max_completion_tokens": 100, "max_tokens": 10, "metadata": {"k": "v"},
        "modalities": ["text"], "moderation": {}, "n": 1, "parallel_tool_calls": true,
        "prediction": {"type": "content", "content": "x"}, "presence_penalty": 0.1, "prompt_cache_key": "k",
        "prompt_cache_retention": "24h", "reasoning_effort": "low", "response_format": {"type": "text"},
        "safety_identifier": "s", "seed": 7, "service_tier": "auto", "stop": ["\n\n", "END"], "store": false,
        "stream": false, "stream_options": {"include_usage": true, "include_obfuscation": false}, "temperature": 0.2,
        "tool_choice": "auto", "tools": [{"type": "function", "function": {"name": "f"}}], "top_logprobs": null,
        "top_p": 0.9, "user": "u1", "verbosity": "low", "web_search_options": {}, "unknown_field": {"x": [1, 2]}}"#;
    let request = accepted(documented);
    let all: serde_json::Map<String, Value> = serde_json::from_str(documented).unwrap();
    for (name, value) in &all {
        let read = request.extra::<Value>(name).unwrap();
        assert_eq!(read, Some(value.clone()).filter(|value| !value.is_null()), "{name}");
    }
    // None of the parameters that an agent reads for itself is refused for its value.
    let checked = ["messages", "model", "n", "stream", "stream_options", "user"];
    for name in all.keys().filter(|name| !checked.contains(&name.as_str())) {
        for value in ["null", "true", "-1e9", r#""x""#, "[[]]", r#"{"a": 0}"#] {
            accepted(&format!(r#"{{"{name}": {value}}}"#));
        }
    }
}
