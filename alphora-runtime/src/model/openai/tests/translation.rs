//! What servers send, and which events it becomes.

use super::super::translate::{Stage, Translator};
use crate::model::think::ThinkTags;
use crate::model::{ModelError, ModelErrorKind, ModelEvent, ToolCallDelta};
use crate::secret::Redaction;
use crate::stream::FinishReason;
use crate::wire::Usage;

pub(super) fn translated(events: &[&str]) -> Result<Vec<ModelEvent>, ModelError> {
    let mut translator = Translator::new(ThinkTags::Looked, Redaction::default());
    for event in events {
        translator.event(event)?;
    }
    Ok(translator.events.into())
}

/// One choice of a chunk, with what stands in its delta, and then the end.
fn said(delta: &str) -> Vec<ModelEvent> {
    let chunk = format!(r#"{{"choices":[{{"index":0,"delta":{delta},"finish_reason":null}}]}}"#);
    translated(&[&chunk]).unwrap_or_else(|error| panic!("{delta}: {error}"))
}

fn text(text: &str) -> ModelEvent {
    ModelEvent::Text(text.to_owned())
}

fn thinking(text: &str) -> ModelEvent {
    ModelEvent::Thinking(text.to_owned())
}

const STOP: ModelEvent = ModelEvent::Finish(FinishReason::Stop);

#[test]
fn text_comes_in_many_forms() {
    for (delta, events) in [
        (r#"{"role":"assistant","content":"hi"}"#, &[text("hi")][..]),
        (r#"{"content":null}"#, &[]),
        (r#"{"content":""}"#, &[]),
        ("{}", &[]),
        (
            r#"{"content":[{"type":"text","text":"a"},"b",{"type":"image"},{"type":"text","text":null}]}"#,
            &[text("ab")],
        ),
        (r#"{"content":{"odd":[1]}}"#, &[]),
        (r#"{"content":1,"reasoning":false}"#, &[]),
        (r#"{"refusal":"no","content":null}"#, &[text("no")]),
        (r#"{"reasoning_content":"hm","content":"hi"}"#, &[thinking("hm"), text("hi")]),
        (r#"{"reasoning":"hm"}"#, &[thinking("hm")]),
        (r#"{"reasoning":"hm","reasoning_content":"hm"}"#, &[thinking("hm")]),
        (r#"{"reasoning":"hm","reasoning_content":""}"#, &[thinking("hm")]),
        (r#"{"content":"<think>hm</think>hi"}"#, &[thinking("hm"), text("hi")]),
        (r#"{"content":"\u00e9\ud83d\ude00"}"#, &[text("é😀")]),
    ] {
        assert_eq!(said(delta), events, "{delta}");
    }
}

#[test]
fn what_does_not_belong_to_the_answer_is_passed_over() {
    let events = [
        r#"{"choices":[],"prompt_filter_results":[]}"#,
        r#"{"choices":null}"#,
        r#"{"id":"x","object":"chat.completion.chunk"}"#,
        "",
        r#"{"choices":[{"index":1,"delta":{"content":"other"},"finish_reason":"stop"}]}"#,
        r#"{"choices":[{"delta":{"content":"hi"},"finish_reason":""}],"error":null}"#,
        r#"{"choices":[{"index":0,"delta":{},"finish_reason":"stop","logprobs":{}}]}"#,
        r#"{"choices":[{"index":0,"delta":{"content":"late"}}]}"#,
        "[DONE]",
        r#"{"choices":[{"index":0,"delta":{"content":"later"}}]}"#,
    ];
    assert_eq!(translated(&events).unwrap(), [text("hi"), STOP]);
}

#[test]
fn a_tag_that_was_begun_is_text_at_the_end() {
    let events = [r#"{"choices":[{"delta":{"content":"<thi"},"finish_reason":"stop"}]}"#];
    assert_eq!(translated(&events).unwrap(), [text("<thi"), STOP]);
}

#[test]
fn ends_are_known() {
    for (reason, finish) in [
        ("stop", FinishReason::Stop),
        ("length", FinishReason::Length),
        ("tool_calls", FinishReason::ToolCalls),
        ("function_call", FinishReason::ToolCalls),
        ("eos", FinishReason::Other("eos".to_owned())),
    ] {
        let event = format!(r#"{{"choices":[{{"delta":{{}},"finish_reason":"{reason}"}}]}}"#);
        assert_eq!(translated(&[&event, "[DONE]"]).unwrap(), [ModelEvent::Finish(finish)]);
    }
    let hi = r#"{"choices":[{"delta":{"content":"hi"}}]}"#;
    assert_eq!(translated(&[hi, "[DONE]"]).unwrap(), [text("hi"), STOP]);
    let error = r#"{"choices":[{"delta":{},"finish_reason":"error"}]}"#;
    assert_eq!(translated(&[hi, error]).unwrap_err().kind(), ModelErrorKind::Server);
    let error = translated(&["[DONE]"]).unwrap_err();
    assert_eq!(
        (error.kind(), &*error.to_string()),
        (ModelErrorKind::InvalidResponse, "the answer has no choices")
    );
}

#[test]
fn tokens_are_counted_wherever_they_stand() {
    let full = r#"{"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":5,"total_tokens":12,"completion_tokens_details":{"reasoning_tokens":2},"prompt_tokens_details":{"cached_tokens":1}}}"#;
    for (event, usage) in [
        (full, Usage::new(7, 5).with_reasoning_tokens(2)),
        (
            r#"{"usage":{"prompt_tokens":7,"completion_tokens":null,"completion_tokens_details":null}}"#,
            Usage::new(7, 0),
        ),
        (r#"{"x_groq":{"id":"x","usage":{"prompt_tokens":7,"completion_tokens":5}}}"#, Usage::new(7, 5)),
    ] {
        assert_eq!(translated(&[event]).unwrap(), [ModelEvent::Usage(usage)], "{event}");
    }
    assert_eq!(translated(&[r#"{"choices":[],"usage":null}"#]).unwrap(), []);
    let last = r#"{"choices":[{"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":1}}"#;
    assert_eq!(translated(&[last]).unwrap(), [STOP, ModelEvent::Usage(Usage::new(1, 0))]);
}

#[test]
fn counts_that_nobody_has_taken_are_not_piled_up() {
    let mut translator = Translator::new(ThinkTags::Looked, Redaction::default());
    for tokens in 1..=60_000 {
        translator.event(&format!(r#"{{"choices":[],"usage":{{"prompt_tokens":{tokens}}}}}"#)).unwrap();
    }
    assert_eq!(translator.events, [ModelEvent::Usage(Usage::new(60_000, 0))], "the last one counts");
}

#[test]
fn a_whole_answer_gives_the_same_events() {
    let body = r#"{"object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"<think>hm</think>hi",
        "tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"}}]},"finish_reason":"tool_calls"}],
        "usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}"#;
    let mut translator = Translator::new(ThinkTags::Looked, Redaction::default());
    translator.whole(body).unwrap();
    assert_eq!(translator.stage(), Stage::Done);
    let call = ToolCallDelta::new(0, "{}").with_function("a", "f");
    let events = [
        thinking("hm"),
        text("hi"),
        ModelEvent::ToolCall(call),
        ModelEvent::Finish(FinishReason::ToolCalls),
        ModelEvent::Usage(Usage::new(1, 2)),
    ];
    assert_eq!(translator.events, events);
    for (body, kind) in [
        (r#"{"choices":[]}"#, ModelErrorKind::InvalidResponse),
        ("{}", ModelErrorKind::InvalidResponse),
        ("[]", ModelErrorKind::InvalidResponse),
        ("", ModelErrorKind::Interrupted),
        (r#"{"choices":[{"message":{"content":"h"#, ModelErrorKind::Interrupted),
        (r#"{"error":{"message":"x"}}"#, ModelErrorKind::Server),
    ] {
        assert_eq!(
            Translator::new(ThinkTags::Looked, Redaction::default()).whole(body).unwrap_err().kind(),
            kind,
            "{body}"
        );
    }
}

#[test]
fn garbage_is_named_and_not_repeated() {
    for event in ["garbage", "{", "[1]", r#"{"choices":7}"#, r#"{"usage":"x"}"#] {
        let error = translated(&[event]).unwrap_err();
        assert_eq!(error.kind(), ModelErrorKind::InvalidResponse, "{event}");
    }
    let error = translated(&[&format!("garbage {}", "x".repeat(10_000))]).unwrap_err().to_string();
    assert_eq!(error, "an event of the answer, of 10008 bytes, is no completion: no JSON at line 1 column 1");
    let error = translated(&[&format!(r#"{{"choices":"{}"}}"#, "x".repeat(10_000))]).unwrap_err().to_string();
    assert!(error.len() < 200 && !error.contains("xx"), "{error}");
}
