//! What a memory keeps, and what it costs.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::wire::Role;

fn long(messages: usize) -> MemoryManager {
    (0..messages).map(|nth| Message::user(format!("message {nth}"))).collect()
}

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
    assert_eq!(memory.build_history(), memory.messages().cloned().collect::<Vec<_>>());
    assert_eq!(memory.messages().next_back().unwrap().text(), "42");
    memory.clear();
    assert_eq!((memory.len(), memory.build_history()), (0, Vec::new()));
    assert_eq!(memory, MemoryManager::default());
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
fn a_copy_goes_its_own_way() {
    let before = long(100);
    let mut after = before.clone();
    after.add_user("one more");
    assert_eq!((before.len(), after.len()), (100, 101));
    assert_eq!(before, long(100));
    assert!(after.changed(&before));
    after.clear();
    assert_eq!(before.len(), 100);
}

#[test]
fn a_copy_shares_its_messages() {
    let before = long(1000);
    let mut after = before.clone();
    let shared = |a: &MemoryManager, b: &MemoryManager| {
        a.messages().zip(b.messages()).filter(|(a, b)| std::ptr::eq(*a, *b)).count()
    };
    assert_eq!(shared(&before, &after), 1000);
    after.add_user("one more");
    assert_eq!(shared(&before, &after), 1000 / 32 * 32);
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
fn the_stored_form_has_a_version() {
    let mut memory = MemoryManager::default();
    memory.add_user("hi");
    let form = json!({ "version": 1, "messages": [{ "role": "user", "content": "hi" }] });
    assert_eq!(serde_json::to_value(&memory).unwrap(), form);
    assert_eq!(serde_json::from_value::<MemoryManager>(form).unwrap(), memory);

    let newer = r#"{"version":2,"messages":[]}"#;
    let refused = serde_json::from_str::<MemoryManager>(newer).unwrap_err();
    assert!(
        refused
            .to_string()
            .starts_with("this memory was stored in version 2, and this alphora reads version 1")
    );
    for broken in
        ["{}", r#"{"version":1}"#, r#"{"messages":[]}"#, r#"{"version":1,"messages":[1]}"#, "[]", "null"]
    {
        assert!(serde_json::from_str::<MemoryManager>(broken).is_err(), "{broken}");
    }
}

#[test]
fn debug_does_not_say_what_was_said() {
    let mut memory = MemoryManager::default();
    memory.add_user("secret");
    assert_eq!(format!("{memory:?}"), "MemoryManager { messages: 1, bytes: 61, .. }");
}

fn message() -> impl Strategy<Value = Message> {
    let role = prop_oneof![Just("user"), Just("assistant"), Just("system"), Just("narrator")];
    (role, any::<String>(), any::<bool>()).prop_map(|(role, text, named)| {
        let message = Message::new(Role::from(role), text.as_str());
        if named { message.with_name(text) } else { message }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn the_stored_form_is_whole_and_its_length_is_known(messages in prop::collection::vec(message(), 0..100)) {
        let memory: MemoryManager = messages.iter().cloned().collect();
        let stored = serde_json::to_string(&memory).unwrap();
        prop_assert_eq!(memory.stored_bytes(), stored.len());
        let back: MemoryManager = serde_json::from_str(&stored).unwrap();
        prop_assert_eq!(back.build_history(), messages);
        prop_assert_eq!(back, memory);
    }
}
