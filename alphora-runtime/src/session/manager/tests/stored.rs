//! The stored form, of this version and of the one before.

use serde_json::json;

use super::*;

fn refusal(stored: &str) -> String {
    serde_json::from_str::<MemoryManager>(stored).unwrap_err().to_string()
}

#[test]
fn the_stored_form_has_a_version() {
    let mut memory = MemoryManager::default();
    memory.add_user("hi");
    let form = json!({ "version": 2, "messages": [{ "role": "user", "content": "hi" }] });
    assert_eq!(serde_json::to_value(&memory).unwrap(), form);
    assert_eq!(serde_json::from_value::<MemoryManager>(form).unwrap(), memory);

    for newer in
        [r#"{"version":3,"messages":[]}"#, r#"{"version":3,"turns":1}"#, r#"{"version":3,"messages":{}}"#]
    {
        let words = "this memory was stored in version 3, and this alphora reads version 2";
        assert!(refusal(newer).starts_with(words), "{}", refusal(newer));
    }
    for broken in [
        "{}",
        r#"{"version":2}"#,
        r#"{"version":0,"messages":[]}"#,
        r#"{"messages":[]}"#,
        r#"{"version":2,"messages":[1]}"#,
        "[]",
        "null",
    ] {
        refusal(broken);
    }
}

#[test]
fn version_1_is_read() {
    let form = json!({ "version": 1, "messages": [{ "role": "user", "content": "hi" }] });
    let mut expected = MemoryManager::default();
    expected.add_user("hi");
    assert_eq!(serde_json::from_value::<MemoryManager>(form.clone()).unwrap(), expected);
    let mut migrated = MemoryManager::migrate(1, form).unwrap();
    assert_eq!((&migrated, migrated.stored_bytes()), (&expected, expected.stored_bytes()));
    assert_eq!(migrated.add_user("again").as_u64(), 1);

    let newer = MemoryManager::migrate(3, json!({})).unwrap_err();
    assert_eq!(newer.kind(), crate::ErrorKind::Memory);
    assert_eq!(newer.to_string(), "this memory was stored in version 3, and this alphora reads version 2");
    let broken = MemoryManager::migrate(1, json!({ "version": 1 })).unwrap_err();
    assert_eq!(
        broken.to_string(),
        "this memory was stored in version 1 and cannot be read: missing field `messages`"
    );
}

#[test]
fn ids_and_marks_are_stored_where_they_say_anything() {
    let mut memory = memory("u1 a1 u2 a2");
    let ids: Vec<_> = memory.entries().map(|(id, _)| id).collect();
    memory.delete(ids[1]);
    memory.delete(ids[3]);
    memory.pin(ids[2]);
    memory.tag(ids[2], "b");
    memory.tag(ids[0], "a");
    let stored = serde_json::to_value(&memory).unwrap();
    assert_eq!(stored["jumps"], json!([[1, 1], [2, 1]]));
    assert_eq!(
        stored["marks"],
        json!([{ "id": 0, "tags": ["a"] }, { "id": 2, "pinned": true, "tags": ["b"] }])
    );
    let mut back: MemoryManager = serde_json::from_value(stored).unwrap();
    assert_eq!((&back, back.stored_bytes()), (&memory, memory.stored_bytes()));
    assert_eq!(back.add_user("next").as_u64(), 4);
    back.clear();
    assert_eq!(serde_json::to_string(&back).unwrap(), r#"{"version":2,"messages":[],"jumps":[[0,5]]}"#);
    let back: MemoryManager = serde_json::from_str(r#"{"version":2,"messages":[],"jumps":[[0,5]]}"#).unwrap();
    assert_eq!((back.stored_bytes(), back.clone().add_user("next").as_u64()), (43, 5));
}

#[test]
fn ids_and_marks_that_cannot_be_are_refused() {
    let form = |rest: &str| {
        let hi = r#"{"role":"user","content":"hi"}"#;
        format!(r#"{{"version":2,"messages":[{hi},{hi},{hi}],{rest}}}"#)
    };
    for jumps in [
        "[[0,-1]]",
        "[[1,-1]]",
        "[[2,-3]]",
        "[[2,5],[3,-6]]",
        "[[2,5],[3,-4]]",
        "[[1,1],[1,1]]",
        "[[2,1],[1,1]]",
        "[[4,1]]",
        "[[0,9223372036854775807],[1,9223372036854775807]]",
    ] {
        let words = refusal(&form(&format!(r#""jumps":{jumps}"#)));
        assert!(words.starts_with("`jumps` of this memory give messages no ids"), "{jumps}: {words}");
    }
    let words = refusal(&form(r#""marks":[{"id":3,"pinned":true}]"#));
    assert!(words.starts_with("`marks` of this memory name message 3, which it does not have"), "{words}");
    assert!(serde_json::from_str::<MemoryManager>(&form(r#""jumps":[[1,5],[2,-6],[3,6]]"#)).is_ok());
}
