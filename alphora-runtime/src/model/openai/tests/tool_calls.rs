//! Which piece of a tool call belongs to which call, for the many ways in which servers say it.

use super::translation::translated;
use crate::model::{ModelErrorKind, ModelEvent, ToolCallDelta};

/// The pieces of tool calls, with `*` for an id that was invented.
fn calls(deltas: &[&str]) -> Vec<(usize, Option<String>, Option<String>, String)> {
    let chunks: Vec<String> =
        deltas.iter().map(|delta| format!(r#"{{"choices":[{{"delta":{delta}}}]}}"#)).collect();
    let chunks: Vec<&str> = chunks.iter().map(String::as_str).collect();
    let call = |event| match event {
        ModelEvent::ToolCall(ToolCallDelta { index, id, name, arguments }) => {
            let id = id.map(|id| if id.len() == 37 { "*".to_owned() } else { id });
            (index, id, name, arguments)
        }
        other => panic!("{other:?}"),
    };
    translated(&chunks).unwrap().into_iter().map(call).collect()
}

fn call(
    index: usize,
    id: &str,
    name: &str,
    arguments: &str,
) -> (usize, Option<String>, Option<String>, String) {
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    (index, some(id), some(name), arguments.to_owned())
}

#[test]
fn tool_calls_come_in_many_forms() {
    let as_openai = [
        r#"{"tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":""}}]}"#,
        r#"{"tool_calls":[{"index":0,"function":{"arguments":"{\"x\":"}}]}"#,
        r#"{"tool_calls":[{"index":1,"id":"b","function":{"name":"g","arguments":"{}"}},{"index":0,"function":{"arguments":"1}"}}]}"#,
    ];
    let pieces =
        [call(0, "a", "f", ""), call(0, "", "", r#"{"x":"#), call(1, "b", "g", "{}"), call(0, "", "", "1}")];
    assert_eq!(calls(&as_openai), pieces);

    let whole_without_index = [
        r#"{"tool_calls":[{"id":"a","function":{"name":"f","arguments":{"x":1}}},{"function":{"name":"f","arguments":null}}]}"#,
        r#"{"tool_calls":[{"function":{"name":"g"}}]}"#,
    ];
    assert_eq!(
        calls(&whole_without_index),
        [call(0, "a", "f", r#"{"x":1}"#), call(1, "*", "f", ""), call(2, "*", "g", "")]
    );

    let all_numbered_0 = [
        r#"{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}}]}"#,
        r#"{"tool_calls":[{"index":0,"id":"b","function":{"name":"f","arguments":"{"}}]}"#,
        r#"{"tool_calls":[{"index":0,"id":"b","function":{"arguments":"}"}}]}"#,
        r#"{"tool_calls":[{"index":0,"id":"a","function":{"arguments":" "}}]}"#,
    ];
    assert_eq!(
        calls(&all_numbered_0),
        [call(0, "a", "f", "{}"), call(1, "b", "f", "{"), call(1, "", "", "}"), call(0, "", "", " ")]
    );

    let continued_without_anything = [
        r#"{"tool_calls":[{"id":"a","function":{"name":"f","arguments":"{"}}]}"#,
        r#"{"tool_calls":[{"function":{"arguments":"}"}}]}"#,
        r#"{"tool_calls":[{"id":"","function":{"name":"","arguments":" "}}]}"#,
    ];
    assert_eq!(
        calls(&continued_without_anything),
        [call(0, "a", "f", "{"), call(0, "", "", "}"), call(0, "", "", " ")]
    );

    let legacy =
        [r#"{"function_call":{"name":"f","arguments":"{"}}"#, r#"{"function_call":{"arguments":"}"}}"#];
    assert_eq!(calls(&legacy), [call(0, "*", "f", "{"), call(0, "", "", "}")]);
}

#[test]
fn calls_without_end_are_refused() {
    let entry = r#"{"function":{"name":"f"}}"#;
    let chunk = format!(r#"{{"choices":[{{"delta":{{"tool_calls":[{}]}}}}]}}"#, vec![entry; 1025].join(","));
    assert_eq!(translated(&[&chunk]).unwrap_err().kind(), ModelErrorKind::TooLong);
}

#[test]
fn pieces_without_a_name_join_the_call_of_their_index_whatever_their_id() {
    let another_id_each = [
        r#"{"tool_calls":[{"index":0,"id":"a1","function":{"name":"f","arguments":""}}]}"#,
        r#"{"tool_calls":[{"index":0,"id":"a2","function":{"arguments":"{\"x\":"}}]}"#,
        r#"{"tool_calls":[{"index":0,"id":"a3","function":{"arguments":"1}"}}]}"#,
        r#"{"tool_calls":[{"index":1,"id":"b1","function":{"name":"g","arguments":""}}]}"#,
        r#"{"tool_calls":[{"index":1,"id":"b2","function":{"arguments":"{}"}},{"index":0,"id":"a4","function":{"arguments":" "}}]}"#,
    ];
    let pieces = [
        call(0, "a1", "f", ""),
        call(0, "", "", r#"{"x":"#),
        call(0, "", "", "1}"),
        call(1, "b1", "g", ""),
        call(1, "", "", "{}"),
        call(0, "", "", " "),
    ];
    assert_eq!(calls(&another_id_each), pieces);
}

#[test]
fn a_name_after_complete_arguments_begins_a_call() {
    let all_numbered_0_without_id = [
        r#"{"tool_calls":[{"index":0,"id":"","function":{"name":"f","arguments":"{\"x\":\"}\"}"}}]}"#,
        r#"{"tool_calls":[{"index":0,"function":{"name":"f","arguments":"{"}},{"index":0,"function":{"arguments":"}"}}]}"#,
        r#"{"tool_calls":[{"index":0,"function":{"name":"g","arguments":{}}}]}"#,
    ];
    let pieces = [
        call(0, "*", "f", r#"{"x":"}"}"#),
        call(1, "*", "f", "{"),
        call(1, "", "", "}"),
        call(2, "*", "g", "{}"),
    ];
    assert_eq!(calls(&all_numbered_0_without_id), pieces);

    let named_in_every_piece = [
        r#"{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":""}}]}"#,
        r#"{"tool_calls":[{"index":0,"function":{"name":"f","arguments":"{}"}}]}"#,
        r#"{"tool_calls":[{"index":0,"function":{"name":"f","arguments":""}}]}"#,
        r#"{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":" "}}]}"#,
    ];
    let pieces = [call(0, "a", "f", ""), call(0, "", "f", "{}"), call(0, "", "f", ""), call(0, "", "f", " ")];
    assert_eq!(calls(&named_in_every_piece), pieces);
}

#[test]
fn arguments_that_are_no_text_are_no_answer() {
    let half_a_pair = r#"{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"name":"f","arguments":"\ud83d"}}]}}]}"#;
    let error = translated(&[half_a_pair]).unwrap_err();
    assert_eq!(error.kind(), ModelErrorKind::InvalidResponse);
    assert!(error.to_string().starts_with("the arguments of a tool call are no text: "), "{error}");
}
