//! What is written of a memory, and what is read of it, by this version and by others.

mod cost;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::*;
use crate::error::ErrorKind;
use crate::session::MemoryManager;

/// Lines, as the first version of a program keeps them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Lines(Vec<String>);

impl Memory for Lines {
    fn appended(&self, before: &Self) -> Option<Vec<u8>> {
        serde_json::to_vec(self.0.strip_prefix(before.0.as_slice())?).ok()
    }

    fn apply(&mut self, _: u32, piece: &[u8]) -> Result<(), Error> {
        self.0.extend(serde_json::from_slice::<Vec<String>>(piece).map_err(|_| no_lines())?);
        Ok(())
    }
}

/// The same as a later version keeps them, which counts them too.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Counted {
    lines: Vec<String>,
    count: usize,
}

impl Memory for Counted {
    const VERSION: u32 = 3;

    fn migrate(from: u32, old: Value) -> Result<Self, Error> {
        assert!(from < Self::VERSION);
        let lines: Vec<String> = serde_json::from_value(old).map_err(|_| no_lines())?;
        Ok(Self { count: lines.len(), lines })
    }

    fn appended(&self, before: &Self) -> Option<Vec<u8>> {
        serde_json::to_vec(self.lines.strip_prefix(before.lines.as_slice())?).ok()
    }

    fn apply(&mut self, from: u32, piece: &[u8]) -> Result<(), Error> {
        assert!(from <= Self::VERSION);
        self.lines.extend(serde_json::from_slice::<Vec<String>>(piece).map_err(|_| no_lines())?);
        self.count = self.lines.len();
        Ok(())
    }
}

fn no_lines() -> Error {
    Error::new(ErrorKind::Memory, "these are no lines")
}

fn lines(words: &str) -> Lines {
    Lines(words.split_whitespace().map(str::to_owned).collect())
}

/// A record before its first commit, and what it is after one.
#[derive(Default)]
struct Store(Option<Record>);

impl Store {
    fn make(&mut self, change: Change) {
        let version = self.0.as_ref().map_or(0, |record| record.version) + 1;
        match (change, &mut self.0) {
            (Change::Replace { format, snapshot }, record) => {
                *record = Some(Record { version, stamp: version, format, snapshot, pieces: Vec::new() });
            }
            (Change::Append { piece }, Some(record)) => record.pieces.push(piece),
            (Change::Touch, Some(_)) => {}
            (change, None) => panic!("the first commit is {change:?}"),
        }
    }

    fn record(&self) -> &Record {
        self.0.as_ref().unwrap()
    }

    fn commit<M: Memory>(&mut self, before: Option<(&M, Written)>, memory: &M) -> Written {
        let (change, written) = encode(before, memory).unwrap();
        self.make(change);
        assert_eq!(written, Written::of(self.record()));
        written
    }
}

fn record(format: u32, snapshot: &str, pieces: &[&str]) -> Record {
    let bytes = |text: &&str| Bytes::copy_from_slice(text.as_bytes());
    Record {
        version: 1,
        stamp: 1,
        format,
        snapshot: bytes(&snapshot),
        pieces: pieces.iter().map(bytes).collect(),
    }
}

fn refusal<M: Memory + std::fmt::Debug>(record: &Record) -> String {
    match decode::<M>(record).unwrap_err() {
        SessionError::Unreadable { reason } => reason,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_was_added_is_appended_and_all_else_is_written_anew() {
    let mut store = Store::default();
    let (first, second, third) = (lines("a b"), lines("a b c"), lines("a c"));
    let written = store.commit(None, &first);
    let (change, written) = encode(Some((&first, written)), &second).unwrap();
    assert_eq!(change, Change::Append { piece: r#"["c"]"#.into() });
    store.make(change);
    assert_eq!((written.pieces, written.piece_bytes, written.snapshot_bytes), (1, 5, 9));
    assert_eq!(decode::<Lines>(store.record()), Ok(second.clone()));

    assert_eq!(encode(Some((&second, written)), &second), Ok((Change::Touch, written)));
    let (change, written) = encode(Some((&second, written)), &third).unwrap();
    assert_eq!(change, Change::Replace { format: 1, snapshot: r#"["a","c"]"#.into() });
    assert_eq!((written.pieces, written.piece_bytes), (0, 0));
}

#[test]
fn a_type_that_appends_nothing_is_written_anew() {
    let written = encode(None, &1_u32).unwrap().1;
    assert_eq!(encode(Some((&1, written)), &1), Ok((Change::Touch, written)));
    let replaced = Change::Replace { format: 1, snapshot: "2".into() };
    assert_eq!(encode(Some((&1, written)), &2).unwrap().0, replaced);
    assert_eq!(
        refusal::<u32>(&record(1, "1", &["2"])),
        "a `u32` of version 1, read by version 1: piece 1 of 1: a session was stored in pieces by version 1 of this \
         memory, and this one reads none: implement `Memory::apply`"
    );
}

impl Memory for u32 {}

#[test]
fn an_older_version_is_migrated_with_its_pieces_and_then_written_anew() {
    let old = record(1, r#"["a","b"]"#, &[r#"["c"]"#, r#"["d"]"#]);
    let memory: Counted = decode(&old).unwrap();
    assert_eq!((memory.lines.join(" ").as_str(), memory.count), ("a b c d", 4));

    let written = Written::of(&old);
    assert_eq!(encode(Some((&memory, written)), &memory), Ok((Change::Touch, written)));
    let mut later = memory.clone();
    later.lines.push("e".to_owned());
    later.count += 1;
    let snapshot = json!({ "lines": ["a", "b", "c", "d", "e"], "count": 5 }).to_string().into();
    assert_eq!(encode(Some((&memory, written)), &later).unwrap().0, Change::Replace { format: 3, snapshot });
}

#[test]
fn what_a_newer_version_has_stored_is_not_looked_at() {
    let newer = record(3, r#"["a","b"]"#, &[]);
    let name = type_name::<Lines>();
    assert_eq!(
        refusal::<Lines>(&newer),
        format!("a `{name}` of version 3, read by version 1: a newer one has stored it: update this server")
    );
}

#[test]
fn an_older_version_that_is_not_migrated_is_refused() {
    #[derive(Debug, Clone, Default, Serialize, Deserialize)]
    struct Two(Vec<String>);
    impl Memory for Two {
        const VERSION: u32 = 2;
    }
    let words = refusal::<Two>(&record(1, r#"["a"]"#, &[]));
    assert!(
        words.contains("Two` of version 1, read by version 2: a session was stored by version 1"),
        "{words}"
    );
    assert!(words.ends_with("implement `Memory::migrate`"), "{words}");
}

#[test]
fn what_is_torn_is_refused() {
    let whole = record(1, r#"["a","b"]"#, &[r#"["c"]"#, r#"["d"]"#]);
    for length in 0..whole.snapshot.len() {
        let words = refusal::<Lines>(&Record { snapshot: whole.snapshot.slice(..length), ..whole.clone() });
        assert!(words.contains(": cut off at line 1 column "), "{words}");
    }
    for length in 0..whole.pieces[1].len() {
        let pieces = vec![whole.pieces[0].clone(), whole.pieces[1].slice(..length)];
        let words = refusal::<Lines>(&Record { pieces, ..whole.clone() });
        assert!(words.ends_with(": piece 2 of 2: these are no lines"), "{words}");
    }
}

#[test]
fn pieces_of_a_chat_that_are_lost_or_doubled_are_refused() {
    let mut store = Store::default();
    let mut memory = MemoryManager::default();
    let mut written = store.commit(None, &memory);
    for nth in 0..3 {
        let before = memory.clone();
        memory.add_user(format!("question {nth}"));
        written = store.commit(Some((&before, written)), &memory);
    }
    let whole = store.record();
    assert_eq!(whole.pieces.len(), 3);
    assert_eq!(decode::<MemoryManager>(whole), Ok(memory));
    for order in [[0, 2, 1].as_slice(), &[0, 2], &[1, 2], &[0, 1, 1], &[0, 1, 2, 2], &[0, 0, 2]] {
        let pieces: Vec<_> = order.iter().map(|nth| whole.pieces[*nth].clone()).collect();
        let words = refusal::<MemoryManager>(&Record { pieces, ..whole.clone() });
        assert!(words.contains("messages that were added after"), "{order:?}: {words}");
    }
}

#[test]
fn no_error_says_what_was_said() {
    let chat = |messages: &str| format!(r#"{{"version":2,"messages":{messages}}}"#);
    for snapshot in [
        chat(r#""secret""#),
        chat(r#"[{"role":"user","content":"secret"},"secret"]"#),
        chat(r#"[{"role":["secret"],"content":"secret"}]"#),
        chat("[] secret"),
        r#""secret, expected secret""#.to_owned(),
        r#"{"version":"secret"}"#.to_owned(),
        "secret".to_owned(),
    ] {
        for format in [1, 2] {
            let words = refusal::<MemoryManager>(&record(format, &snapshot, &[]));
            assert!(!words.contains("secret"), "{words}");
        }
        let whole = chat("[]");
        let words = refusal::<MemoryManager>(&record(2, &whole, &[&snapshot]));
        assert!(!words.contains("secret"), "{words}");
    }
}

#[test]
fn errors_say_what_the_type_expects() {
    #[derive(Debug, Clone, Default, Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Form {
        mood: Mood,
    }
    #[derive(Debug, Clone, Default, Serialize, Deserialize)]
    enum Mood {
        #[default]
        Good,
        Bad,
    }
    impl Memory for Form {}
    let said = |snapshot: &str| {
        let words = refusal::<Form>(&record(1, snapshot, &[]));
        words.split_once("read by version 1: ").unwrap().1.to_owned()
    };
    assert_eq!(said(r#"{"mood":"secret"}"#), "unknown variant, expected `Good` or `Bad` at line 1 column 16");
    assert_eq!(said(r#"{"secret":1}"#), "unknown field, expected `mood` at line 1 column 9");
    assert_eq!(said(r#"{"mood":7}"#), "no JSON at line 1 column 9");
    assert_eq!(said("{}"), "missing field `mood` at line 1 column 2");
    assert_eq!(said("[1,"), "no JSON at line 1 column 2");
}

#[test]
fn what_cannot_be_written_is_an_error() {
    #[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
    struct Pairs(std::collections::BTreeMap<(u8, u8), u8>);
    impl Memory for Pairs {}
    let error = encode(None, &Pairs([((1, 2), 3)].into())).unwrap_err();
    assert!(error.to_string().ends_with("Pairs`: key must be a string"), "{error}");
}
