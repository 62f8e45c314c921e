//! Messages come back as they were added, under ids of their own, until they are deleted.

use std::borrow::Cow;

use super::*;
use crate::wire::Content;

#[test]
fn messages_come_back_in_order() {
    let mut memory = MemoryManager::default();
    assert!(memory.is_empty());
    memory.add_system("be brief");
    memory.add_user("hi");
    memory.add_assistant(String::from("hello"));
    memory.add_message(Message::tool("call_1", "42"));
    assert_eq!((memory.len(), memory.is_empty()), (4, false));
    let roles: Vec<_> = memory.messages().map(|message| &message.role).collect();
    assert_eq!(roles, [&Role::System, &Role::User, &Role::Assistant, &Role::Tool]);
    assert!(memory.build_history().messages().eq(memory.messages()));
    assert_eq!(memory.messages().next_back().unwrap().text(), "42");
    assert_eq!(memory.last_message(), memory.messages().next_back());
    memory.clear();
    assert_eq!((memory.len(), memory.build_history().len()), (0, 0));
    assert_eq!((memory.last_message(), &memory), (None, &MemoryManager::default()));
}

#[test]
fn blocks_lose_nothing() {
    for messages in [31, 32, 33, 63, 64, 65, 1000] {
        let memory = long(messages);
        assert_eq!(memory.len(), messages);
        for (nth, message) in memory.messages().enumerate() {
            assert_eq!(message.text(), format!("message {nth}"));
        }
    }
}

#[test]
fn an_assistant_says_texts_contents_and_whole_messages() {
    let mut memory = MemoryManager::default();
    let owned = "text".to_owned();
    memory.add_assistant("text");
    memory.add_assistant(&owned);
    memory.add_assistant(owned.clone());
    memory.add_assistant(Cow::Borrowed("text"));
    memory.add_assistant(Content::from("text"));
    memory.add_assistant(Message::assistant("text"));
    memory.add_assistant(Message::new("narrator", "text"));
    assert!(memory.messages().all(|message| *message == Message::assistant("text")));
    memory.add_assistant(calls(&["1"]).with_name("bob"));
    assert_eq!(memory.last_message(), Some(&calls(&["1"]).with_name("bob")));
}

#[test]
fn results_come_alone_in_pairs_and_in_lists() {
    let mut memory = memory("u c123456789");
    let r = |id: &str| message(&format!("r{id}"));
    let (list, pairs) = (vec![r("7")], ["8", "9"].map(|id| (id.to_owned(), format!("r{id}"))));
    let added = [
        memory.add_tool_result(r("1")),
        memory.add_tool_result(("2", "r2")),
        memory.add_tool_result(vec![r("3")]),
        memory.add_tool_result([("4".to_owned(), Content::from("r4")), ("5".to_owned(), "r5".into())]),
        memory.add_tool_result([r("6")].as_slice()),
        memory.add_tool_result(&list),
        memory.add_tool_result(&pairs),
        memory.add_tool_result(Vec::<Message>::new()),
    ];
    assert_eq!(words(memory.messages()), "u c123456789 r1 r2 r3 r4 r5 r6 r7 r8 r9");
    assert_eq!(added.concat(), memory.entries().skip(2).map(|(id, _)| id).collect::<Vec<_>>());
    assert!(memory.check_tool_chain().is_ok());
    assert_eq!((list.len(), pairs.len()), (1, 2), "what is borrowed is still there");
}

#[test]
fn an_id_is_of_one_message_for_ever() {
    let mut memory = MemoryManager::default();
    let ids: Vec<_> = (0..100).map(|nth| memory.add_user(format!("message {nth}"))).collect();
    assert!(ids.is_sorted() && ids.iter().map(|id| id.as_u64()).eq(0..100));
    for (nth, id) in ids.iter().enumerate() {
        assert_eq!(memory.get(*id).unwrap().text(), format!("message {nth}"));
    }
    for nth in (0..100).step_by(3) {
        assert_eq!(memory.delete(ids[nth])[0].text(), format!("message {nth}"));
        assert_eq!(memory.delete(ids[nth]), []);
    }
    for (nth, id) in ids.iter().enumerate() {
        assert_eq!(memory.get(*id).is_some(), nth % 3 != 0);
    }
    // Also after the last message was deleted, and after all were.
    memory.delete(ids[98]);
    assert_eq!(memory.add_user("one more").as_u64(), 100);
    memory.clear();
    assert_eq!(memory.add_user("and one").to_string(), "101");
    assert_eq!((memory.get(ids[5]), memory.len()), (None, 1));
}

#[test]
fn a_copy_goes_its_own_way() {
    let before = long(100);
    let mut after = before.clone();
    after.add_user("one more");
    assert_eq!((before.len(), after.len()), (100, 101));
    assert_eq!(before, long(100));
    assert!(after.changed(&before));
    let history = after.build_history();
    after.clear();
    assert_eq!((before.len(), history.len()), (100, 101));
}

#[test]
fn a_change_is_seen_even_if_the_length_is_the_same() {
    let before = long(100);
    assert!(!before.changed(&before.clone()));
    assert!(!long(100).changed(&before), "equal, though nothing is shared");
    let mut after: MemoryManager = before.messages().take(99).cloned().collect();
    after.add_user("message 98");
    assert_eq!((after.len(), after.stored_bytes()), (before.len(), before.stored_bytes()));
    assert!(after.changed(&before));
    // Another message under another id.
    let mut after = before.clone();
    after.delete(id(&before, 99));
    after.add_user("message 99");
    assert!(after.changed(&before));
}

#[test]
fn a_request_without_session_begins_with_what_the_client_resent() {
    let mut memory = MemoryManager::default();
    memory.begin(&[Message::user("my name is Zhang San"), Message::assistant("hello")]);
    memory.add_user("what is my name?");
    let texts: Vec<_> = memory.messages().map(Message::text).collect();
    assert_eq!(texts, ["my name is Zhang San", "hello", "what is my name?"]);
}

#[test]
fn what_is_deleted_takes_its_group_along() {
    let all = "s u1 c12 r1 r2 a1 u2 c3 r3 c4 r4 a2";
    let cases = [
        (0, "s"),
        (1, "u1"),
        (2, "c12 r1 r2"),
        (3, "c12 r1 r2"),
        (4, "c12 r1 r2"),
        (7, "c3 r3"),
        (10, "c4 r4"),
        (11, "a2"),
    ];
    for (nth, gone) in cases {
        let mut memory = memory(all);
        assert_eq!(words(&memory.delete(id(&memory, nth))), gone);
        assert!(memory.check_tool_chain().is_ok());
        assert_eq!(
            words(memory.messages()),
            all.replace(gone, "").split_whitespace().collect::<Vec<_>>().join(" ")
        );
    }
}

#[test]
fn the_last_round_and_pending_calls_can_be_taken_out() {
    let cases = [
        ("", "", ""),
        ("s a", "s a", "s a"),
        ("s u1 a1 u2 s2 a2", "s u1 a1", "s u1 a1 u2 s2 a2"),
        ("u1 a1 u2 c12 r1", "u1 a1", "u1 a1 u2"),
        ("u1 c1 r1 c2 s d", "", "u1 c1 r1 s d"),
        ("u1 c1 r1", "", "u1 c1 r1"),
        // Only the last message is asked: what was broken before is for `delete`.
        ("u1 c1 u2 a2", "u1 c1", "u1 c1 u2 a2"),
        ("u1 a1 r1", "", "u1 a1 r1"),
    ];
    for (all, without_round, without_pending) in cases {
        let mut once = memory(all);
        let gone = once.delete_last_round();
        assert_eq!(
            (words(once.messages()).as_str(), gone.len()),
            (without_round, memory(all).len() - once.len())
        );
        let mut once = memory(all);
        let gone = once.drop_pending_tool_calls();
        assert_eq!(
            (words(once.messages()).as_str(), gone.len()),
            (without_pending, memory(all).len() - once.len())
        );
    }
}

#[test]
fn statistics_count_everything() {
    let mut memory = memory("s d u1 c12 r1 r2 a u2");
    memory.add_message(Message::new("narrator", "night falls"));
    memory.add_message(Message::new(Role::Function, "42"));
    memory.pin(id(&memory, 2));
    let counted = memory.statistics();
    let expected = MemoryStatistics {
        messages: 10,
        rounds: 2,
        user: 2,
        assistant: 2,
        system: 2,
        tool: 3,
        tool_calls: 2,
        pinned: 1,
        bytes: serde_json::to_string(&memory).unwrap().len(),
        tokens: memory.messages().map(estimated_tokens).sum(),
    };
    assert_eq!(counted, expected);
    assert_eq!(MemoryManager::default().statistics().messages, 0);
}

#[test]
fn debug_does_not_say_what_was_said() {
    let mut memory = MemoryManager::default();
    memory.add_user("secret");
    assert_eq!(format!("{memory:?}"), "MemoryManager { messages: 1, bytes: 61, .. }");
    assert_eq!(format!("{:?}", memory.build_history()), "History { messages: 1, rounds: 1, .. }");
}
