//! The typed accessors: what they give, and which field their errors name.

use serde_json::json;

use super::accepted;
use crate::wire::{OpenAIRequest, RequestError, ResponseFormat, ToolChoice};

#[test]
fn values_that_fit() {
    let request = accepted(
        r#"{"temperature": 0.2, "top_p": 1, "presence_penalty": -0.5, "frequency_penalty": 2, "seed": -7,
            "logprobs": true, "top_logprobs": 5, "parallel_tool_calls": false, "reasoning_effort": "xhigh",
            "verbosity": "low", "service_tier": "flex", "store": true, "prompt_cache_key": "k", "safety_identifier": "s",
            "max_tokens": 10, "stop": "END", "modalities": ["text", "audio"], "logit_bias": {"50256": -100},
            "metadata": {"k": "v\u0041"}, "stream_options": {"include_usage": true}}"#,
    );
    assert_eq!(request.temperature().unwrap(), Some(0.2));
    assert_eq!(request.top_p().unwrap(), Some(1.0));
    assert_eq!(request.presence_penalty().unwrap(), Some(-0.5));
    assert_eq!(request.frequency_penalty().unwrap(), Some(2.0));
    assert_eq!(request.seed().unwrap(), Some(-7));
    assert_eq!(request.logprobs().unwrap(), Some(true));
    assert_eq!(request.top_logprobs().unwrap(), Some(5));
    assert_eq!(request.parallel_tool_calls().unwrap(), Some(false));
    assert_eq!(request.reasoning_effort().unwrap().as_deref(), Some("xhigh"));
    assert_eq!(request.verbosity().unwrap().as_deref(), Some("low"));
    assert_eq!(request.service_tier().unwrap().as_deref(), Some("flex"));
    assert_eq!(request.store().unwrap(), Some(true));
    assert_eq!(request.prompt_cache_key().unwrap().as_deref(), Some("k"));
    assert_eq!(request.safety_identifier().unwrap().as_deref(), Some("s"));
    assert_eq!(request.max_tokens().unwrap(), Some(10));
    assert_eq!(request.stop_sequences().unwrap(), ["END"]);
    assert_eq!(request.modalities().unwrap().unwrap(), ["text", "audio"]);
    assert_eq!(request.logit_bias().unwrap().unwrap()["50256"].to_string(), "-100");
    assert_eq!(request.metadata().unwrap().unwrap()["k"], "vA");
    assert!(request.include_usage());
    let newer = request.with_field("max_completion_tokens", 99).with_field("max_tokens", "ten");
    assert_eq!(newer.max_tokens().unwrap(), Some(99));
}

#[test]
fn values_that_do_not_fit_are_named() {
    type Read = fn(&OpenAIRequest) -> Result<(), RequestError>;
    let table: &[(&str, &str, Read, &str, &str)] = &[
        ("temperature", r#""hot""#, |r| r.temperature().map(drop), "invalid_type", "temperature"),
        ("temperature", "1e999", |r| r.temperature().map(drop), "invalid_value", "temperature"),
        ("top_p", "[]", |r| r.top_p().map(drop), "invalid_type", "top_p"),
        ("seed", "1.5", |r| r.seed().map(drop), "invalid_value", "seed"),
        ("max_tokens", "-1", |r| r.max_tokens().map(drop), "invalid_value", "max_tokens"),
        (
            "max_completion_tokens",
            "{}",
            |r| r.max_tokens().map(drop),
            "invalid_type",
            "max_completion_tokens",
        ),
        ("logprobs", "1", |r| r.logprobs().map(drop), "invalid_type", "logprobs"),
        ("verbosity", "1", |r| r.verbosity().map(drop), "invalid_type", "verbosity"),
        ("stop", "1", |r| r.stop_sequences().map(drop), "invalid_type", "stop"),
        ("stop", r#"["a", 1]"#, |r| r.stop_sequences().map(drop), "invalid_type", "stop[1]"),
        ("modalities", r#""text""#, |r| r.modalities().map(drop), "invalid_type", "modalities"),
        ("logit_bias", r#"{"a": "b"}"#, |r| r.logit_bias().map(drop), "invalid_type", "logit_bias"),
        ("metadata", r#"{"a": 1}"#, |r| r.metadata().map(drop), "invalid_type", "metadata"),
        ("tools", "{}", |r| r.tools().map(drop), "invalid_type", "tools"),
        ("tools", "[1]", |r| r.tools().map(drop), "invalid_type", "tools[0]"),
        (
            "tools",
            r#"[{"type": "function"}]"#,
            |r| r.tools().map(drop),
            "missing_required_parameter",
            "tools[0].function",
        ),
        (
            "tools",
            r#"[{"function": {}}]"#,
            |r| r.tools().map(drop),
            "missing_required_parameter",
            "tools[0].function.name",
        ),
        (
            "tools",
            r#"[{"function": {"name": 1}}]"#,
            |r| r.tools().map(drop),
            "invalid_type",
            "tools[0].function.name",
        ),
        (
            "tools",
            r#"[{"function": {"name": "a", "parameters": []}}]"#,
            |r| r.tools().map(drop),
            "invalid_type",
            "tools[0].function.parameters",
        ),
        (
            "tools",
            r#"[{"function": {"name": "a", "strict": 1}}]"#,
            |r| r.tools().map(drop),
            "invalid_type",
            "tools[0].function.strict",
        ),
        ("tool_choice", "1", |r| r.tool_choice().map(drop), "invalid_type", "tool_choice"),
        (
            "tool_choice",
            "{}",
            |r| r.tool_choice().map(drop),
            "missing_required_parameter",
            "tool_choice.type",
        ),
        (
            "tool_choice",
            r#"{"type": "function", "function": {}}"#,
            |r| r.tool_choice().map(drop),
            "missing_required_parameter",
            "tool_choice.function.name",
        ),
        (
            "response_format",
            r#""text""#,
            |r| r.response_format().map(drop),
            "invalid_type",
            "response_format",
        ),
        (
            "response_format",
            r#"{"type": "json_schema", "json_schema": {"name": "a", "schema": 1}}"#,
            |r| r.response_format().map(drop),
            "invalid_type",
            "response_format.json_schema.schema",
        ),
        ("custom", r#""x""#, |r| r.extra::<u8>("custom").map(drop), "invalid_type", "custom"),
        ("custom", "256", |r| r.extra::<u8>("custom").map(drop), "invalid_value", "custom"),
    ];
    for (name, value, read, code, param) in table {
        let request = accepted(&format!(r#"{{"{name}": {value}}}"#));
        let error = read(&request).expect_err(value);
        assert_eq!((error.code(), error.param()), (*code, Some(*param)), "{name}: {value}: {error}");
    }
}

#[test]
fn tools_keep_the_order_of_their_schema() {
    let schema = r#"{"type":"object","properties":{"zebra":{},"apple":{}},"required":["zebra"]}"#;
    let request = accepted(&format!(
        r#"{{"tools": [
            {{"type": "function", "function": {{"name": "f", "description": "d", "parameters": {schema}, "strict": true}}, "x": 1}},
            {{"type": "function", "function": {{"name": "g", "description": null, "parameters": null}}}},
            {{"type": "custom", "custom": {{"name": "c", "description": "free", "format": {{"type": "text"}}}}}},
            {{"type": "web_search"}}]}}"#
    ));
    let tools = request.tools().unwrap();
    let names: Vec<_> = tools.iter().map(|tool| (tool.kind.as_str(), tool.name.as_str())).collect();
    assert_eq!(names, [("function", "f"), ("function", "g"), ("custom", "c"), ("web_search", "")]);
    assert_eq!(tools[0].parameters.as_ref().unwrap().get(), schema);
    assert_eq!((tools[0].description.as_deref(), tools[0].strict), (Some("d"), Some(true)));
    assert!(tools[1].description.is_none() && tools[1].parameters.is_none());
    assert_eq!(tools[2].description.as_deref(), Some("free"));
    assert_eq!(
        serde_json::to_string(&tools[0]).unwrap(),
        format!(
            r#"{{"type":"function","function":{{"name":"f","description":"d","parameters":{schema},"strict":true}},"x":1}}"#
        ),
    );
    assert_eq!(serde_json::to_string(&tools[3]).unwrap(), r#"{"type":"web_search"}"#);
}

#[test]
fn tool_choices() {
    let choice = |json| OpenAIRequest::user("hi").with_field("tool_choice", json).tool_choice().unwrap();
    assert!(matches!(OpenAIRequest::user("hi").tool_choice().unwrap(), ToolChoice::Auto));
    assert!(matches!(choice(json!("auto")), ToolChoice::Auto));
    assert!(matches!(choice(json!("none")), ToolChoice::None));
    assert!(matches!(choice(json!("required")), ToolChoice::Required));
    let function = choice(json!({"type": "function", "function": {"name": "f"}}));
    assert!(matches!(function, ToolChoice::Function { name } if name == "f"));
    assert!(matches!(choice(json!("any")), ToolChoice::Other(raw) if raw.get() == r#""any""#));
    assert!(matches!(choice(json!({"type": "allowed_tools"})), ToolChoice::Other(_)));
}

#[test]
fn response_formats() {
    let format =
        |json| OpenAIRequest::user("hi").with_field("response_format", json).response_format().unwrap();
    assert!(matches!(OpenAIRequest::user("hi").response_format().unwrap(), ResponseFormat::Text));
    assert!(matches!(format(json!({"type": "text"})), ResponseFormat::Text));
    assert!(matches!(format(json!({"type": "json_object"})), ResponseFormat::JsonObject));
    assert!(matches!(format(json!({"type": "grammar", "grammar": "x"})), ResponseFormat::Other(_)));
    let ResponseFormat::JsonSchema { name, schema, strict } = format(
        json!({"type": "json_schema", "json_schema": {"name": "City", "schema": {"type": "object"}, "strict": true}}),
    ) else {
        panic!("no schema")
    };
    assert_eq!((name.as_str(), schema.get(), strict), ("City", r#"{"type":"object"}"#, true));
    let bare = format(json!({"type": "json_schema", "json_schema": {"name": "Any"}}));
    assert!(matches!(bare, ResponseFormat::JsonSchema { schema, strict: false, .. } if schema.get() == "{}"));
}

#[test]
fn fields_of_ones_own() {
    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Custom {
        x: Vec<u32>,
    }
    let request = accepted(r#"{"custom": {"x": [1, 2]}, "b": null, "a": 1.50, "a": "last"}"#);
    assert_eq!(request.extra::<Custom>("custom").unwrap(), Some(Custom { x: vec![1, 2] }));
    assert_eq!(request.extra::<u8>("b").unwrap(), None);
    assert_eq!(request.extra::<u8>("absent").unwrap(), None);
    assert_eq!(request.raw("a").unwrap().get(), r#""last""#);
    assert_eq!(request.fields().collect::<Vec<_>>(), ["custom", "b", "a", "a"]);
    assert_eq!(request.extra::<bool>("stream").unwrap(), Some(true));
    assert_eq!(request.extra::<String>("model").unwrap(), None);
}

#[test]
fn a_field_is_set_as_if_it_had_been_sent() {
    let mut request =
        OpenAIRequest::user("hi").with_field("model", "m").with_field("x", 1).with_field("x", 2);
    assert_eq!(request.model.as_deref(), Some("m"));
    assert_eq!(request.raw("x").unwrap().get(), "2");
    assert_eq!(request.fields().count(), 1);
    assert_eq!(request.set_field("n", 2).unwrap_err().code(), "unsupported_value");
    assert_eq!(request.set_field("stream", "yes").unwrap_err().param(), Some("stream"));
    request.set_field("stream", false).unwrap();
    assert_eq!((request.stream, request.stream_given()), (false, Some(false)));
}
