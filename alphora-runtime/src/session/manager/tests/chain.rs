//! Each call has its result and each result its call, or the error names them.

use super::*;

#[test]
fn what_is_alone_is_named() {
    let cases: [(&str, &[&str], &[&str]); 16] = [
        ("u a", &[], &[]),
        ("u c1 r1 a", &[], &[]),
        ("u c12 r2 r1 c3 r3", &[], &[]),
        ("u c12 r1", &["2"], &[]),
        ("u c12", &["1", "2"], &[]),
        ("u r1", &[], &["1"]),
        ("r1 r2", &[], &["1", "2"]),
        // A result twice.
        ("u c1 r1 r1", &[], &["1"]),
        ("u c12 r1 r1", &["2"], &["1"]),
        ("u c1 r2", &["1"], &["2"]),
        // Too late: another message stands between.
        ("u c1 u r1", &["1"], &["1"]),
        ("u c1 s r1", &["1"], &["1"]),
        ("u c1 c1 r1", &["1"], &[]),
        // An id may return once it was answered, and twice at once with as many results.
        ("u c1 r1 c1 r1", &[], &[]),
        ("u c11 r1 r1", &[], &[]),
        ("u c11 r1", &["1"], &[]),
    ];
    for (all, missing, orphans) in cases {
        let memory = memory(all);
        let (missing, orphans) = (missing.iter(), orphans.iter());
        match memory.check_tool_chain() {
            Ok(()) => assert_eq!((missing.len(), orphans.len()), (0, 0), "{all}"),
            Err(broken) => {
                assert!(
                    broken.missing.iter().eq(missing) && broken.orphans.iter().eq(orphans),
                    "{all}: {broken:?}"
                );
                let history = memory.build_history().into_messages();
                assert_eq!(history, Err(HistoryError::BrokenToolChain(broken)));
            }
        }
    }
}

#[test]
fn calls_without_an_id_are_answered_by_results_without_one() {
    let mut memory = MemoryManager::default();
    memory.add_assistant(calls(&["", ""]));
    memory.add_tool_result(("", "first"));
    assert_eq!(memory.pending_tool_calls().len(), 1);
    assert!(
        memory
            .check_tool_chain()
            .unwrap_err()
            .to_string()
            .starts_with("no result follows the tool call without an id: ")
    );
    memory.add_message(Message::new(Role::Tool, "second"));
    assert!(memory.pending_tool_calls().is_empty() && memory.check_tool_chain().is_ok());
    memory.add_tool_result(("", "third"));
    assert_eq!(memory.check_tool_chain().unwrap_err().orphans, [""]);
}

#[test]
fn results_of_older_clients_stay_with_their_call() {
    let mut call = Message::assistant("");
    call.extra.insert("function_call", serde_json::json!({ "name": "f", "arguments": "{}" })).unwrap();
    let mut memory = memory("u");
    memory.add_message(call);
    let result = memory.add_message(Message::new(Role::Function, "42").with_name("f"));
    assert!(memory.check_tool_chain().is_ok());
    assert_eq!(memory.build_history().max_messages(1).len(), 0);
    assert_eq!(memory.delete(result).len(), 2);
}

#[test]
fn pending_calls_are_those_at_the_end() {
    let pending = |all: &str| {
        words(&[Message::assistant_calls(memory(all).pending_tool_calls().into_iter().cloned().collect())])
    };
    assert_eq!(pending("u c123 r2"), "c13");
    assert_eq!(pending("u c1 s d"), "c1");
    for all in ["", "s", "u", "u c1 r1", "u c1 r1 a", "u c1 u", "r1"] {
        assert_eq!(memory(all).pending_tool_calls(), Vec::<&ToolCall>::new(), "{all}");
    }
}

#[test]
fn the_words_say_what_to_do_and_show_few_ids() {
    let broken = ToolChainError { missing: vec!["call_1".to_owned()], orphans: Vec::new() };
    assert_eq!(
        broken.to_string(),
        "no result follows the tool call `call_1`: add it with `add_tool_result` right after the call, or take the \
         call out with `drop_pending_tool_calls` or `delete`"
    );
    let orphans = (0..9).map(|nth| format!("a\n{nth}")).collect();
    let broken = ToolChainError { missing: Vec::new(), orphans };
    assert_eq!(
        broken.to_string(),
        "no tool call precedes the result `a\\n0`, `a\\n1`, `a\\n2`, `a\\n3`, `a\\n4` and 4 more: add the message with \
         the call first, each result once, or `delete` the result"
    );
    let both = ToolChainError { missing: vec!["1".to_owned()], ..broken };
    assert!(both.to_string().contains("`delete`; no tool call precedes"));
    let error = crate::Error::from(HistoryError::from(both.clone()));
    assert_eq!((error.kind(), error.to_string()), (crate::ErrorKind::Memory, both.to_string()));
}
