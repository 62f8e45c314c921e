//! Ids, keys, errors, and what a memory does by default.

use serde::{Deserialize, Serialize};

use super::*;
use crate::error::{Error, ErrorKind};

#[test]
fn ids_have_the_characters_that_are_safe_everywhere() {
    let all: String =
        (0..128_u8).map(char::from).filter(char::is_ascii_alphanumeric).chain("._:~-".chars()).collect();
    for id in ["a", "A.b_c:d~e-9", &all, &"x".repeat(128), "..", "-"] {
        assert_eq!(SessionId::parse(id).unwrap().as_str(), id);
        assert_eq!(id.parse::<SessionId>().unwrap().to_string(), id);
    }
    for character in (0..=0x250_u32).filter_map(char::from_u32).filter(|c| !all.contains(*c)) {
        assert!(SessionId::parse(&format!("a{character}b")).is_err(), "{character:?}");
    }
}

#[test]
fn what_is_wrong_with_an_id_is_said_and_little_of_it_repeated() {
    let rule = "an id has 1 to 128 characters of `A-Z a-z 0-9 . _ : ~ -`";
    let cases = [
        ("", "the session id is empty"),
        (&"x".repeat(129), "the session id is 129 bytes long"),
        (&"é\n".repeat(1 << 20), "the session id is 3145728 bytes long"),
        ("user 1", "the session id has ' ' at byte 4"),
        ("a\r\nset-cookie: b", "the session id has '\\r' at byte 1"),
        ("../x", "the session id has '/' at byte 2"),
        ("张三", "the session id has '张' at byte 0"),
        ("\u{202e}", "the session id has '\\u{202e}' at byte 0"),
    ];
    for (id, problem) in cases {
        let refused = SessionId::parse(id).unwrap_err();
        assert_eq!(refused.to_string(), format!("{problem}: {rule}"));
        assert_eq!(Error::from(refused).kind(), ErrorKind::Session);
    }
}

#[test]
fn generated_ids_are_ids_and_all_different() {
    let ids: std::collections::HashSet<_> = (0..1000).map(|_| SessionId::generate().unwrap()).collect();
    assert_eq!(ids.len(), 1000);
    for id in &ids {
        assert!(id.is_generated_form(), "{id}");
        assert_eq!(&SessionId::parse(id.as_str()).unwrap(), id);
    }
    for other in ["user-001", &"0".repeat(31), &"0".repeat(33), &"A".repeat(32), &"g".repeat(32)] {
        assert!(!SessionId::parse(other).unwrap().is_generated_form(), "{other}");
    }
}

#[test]
fn the_parts_of_a_key_do_not_run_into_one_another() {
    let key = |agent: &str, owner: &str, id: &str| {
        SessionKey::new(agent, Owner::named(owner), SessionId::parse(id).unwrap())
    };
    assert_ne!(key("ab", "c", "d"), key("a", "bc", "d"));
    assert_ne!(key("a", "b", "d"), SessionKey::new("a", Owner::anonymous(), SessionId::parse("d").unwrap()));
    assert_eq!(key("Support", "key-1", "user-001").to_string(), "Support/key-1/user-001");
    assert_eq!(SessionKey::try_from("user-001").unwrap().to_string(), "/-/user-001");
    assert_eq!(key("Support", "key-1", "user-001").stored_bytes(), 20);
}

#[test]
fn a_session_error_keeps_its_type_inside_an_error() {
    let error = Error::from(SessionError::TooLarge { bytes: 2, limit: 1 });
    assert_eq!(error.kind(), ErrorKind::Session);
    let source = std::error::Error::source(&error).unwrap();
    assert_eq!(source.downcast_ref(), Some(&SessionError::TooLarge { bytes: 2, limit: 1 }));
    assert_eq!(error.to_string(), source.to_string());
}

#[test]
fn a_memory_is_measured_and_compared_by_its_json() {
    #[derive(Clone, Default, Serialize, Deserialize)]
    struct Notes(Vec<String>);
    impl Memory for Notes {}

    let notes = Notes(vec!["a".to_owned()]);
    assert_eq!(notes.stored_bytes(), r#"["a"]"#.len());
    assert!(!notes.changed(&notes.clone()));
    assert!(notes.changed(&Notes::default()));
    assert!(!().changed(&()));
}

#[test]
fn a_memory_that_cannot_be_stored_counts_as_too_large_and_changed() {
    /// JSON has no keys but texts.
    #[derive(Clone, Default, Serialize, Deserialize)]
    struct Unstorable(std::collections::BTreeMap<(u8, u8), u8>);
    impl Memory for Unstorable {}

    let unstorable = Unstorable([((1, 2), 3)].into());
    assert_eq!(unstorable.stored_bytes(), usize::MAX);
    assert!(unstorable.changed(&unstorable.clone()));
}
