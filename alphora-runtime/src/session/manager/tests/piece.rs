//! What is stored of a memory in pieces is the memory, ids included.

use proptest::prelude::*;

use super::model::{Deed, Model, deed};
use super::*;

fn apply(before: &MemoryManager, piece: &[u8]) -> MemoryManager {
    let mut memory = before.clone();
    memory.apply(MemoryManager::VERSION, piece).unwrap();
    memory
}

fn text(piece: Option<Vec<u8>>) -> String {
    String::from_utf8(piece.unwrap()).unwrap()
}

#[test]
fn a_piece_is_what_was_added() {
    let before = memory("u1 a1");
    let mut after = before.clone();
    after.add_user("u2");
    let piece = after.appended(&before);
    assert_eq!(
        text(piece),
        r#"{"after":2,"added":{"version":2,"messages":[{"role":"user","content":"u2"}],"jumps":[[0,2]]}}"#
    );
    let marked = after.add_assistant("a2");
    after.pin(marked);
    let piece = after.appended(&before).unwrap();
    let read = apply(&before, &piece);
    assert_eq!((&read, read.stored_bytes()), (&after, after.stored_bytes()));
    assert!(read.is_pinned(marked));
}

#[test]
fn what_is_changed_cannot_be_added() {
    let before = memory("u1 a1 u2 a2");
    let change = |change: &dyn Fn(&mut MemoryManager)| {
        let mut after = before.clone();
        change(&mut after);
        after.add_user("more");
        after.appended(&before).is_some()
    };
    assert!(change(&|_| {}));
    assert!(!change(&|memory| assert!(memory.pin(id(memory, 0)))));
    assert!(!change(&|memory| assert!(memory.tag(id(memory, 3), "tag"))));
    assert!(!change(&|memory| assert_eq!(memory.delete(id(memory, 1)).len(), 1)));
    assert!(!change(&|memory| assert_eq!(memory.delete_last_round().len(), 2)));
    assert!(!change(&MemoryManager::clear));
    assert!(memory("u1").appended(&before).is_none());
}

#[test]
fn ids_go_with_what_was_added() {
    // What was added and deleted within one turn has taken its id along.
    let before = memory("u1 a1");
    let mut after = before.clone();
    let gone = after.add_user("u2");
    after.add_user("u3");
    after.delete(gone);
    let last = after.add_assistant("a3");
    after.delete(last);
    let mut read = apply(&before, &after.appended(&before).unwrap());
    assert_eq!((&read, read.stored_bytes()), (&after, after.stored_bytes()));
    assert_eq!(read.add_user("u4"), after.add_user("u4"));

    // A turn that has added and deleted has changed nothing, and is not stored. Its ids are not used again all the same.
    let mut unchanged = before.clone();
    unchanged.add_user("u2");
    unchanged.delete_last_round();
    assert!(!unchanged.changed(&before));
    let mut after = unchanged.clone();
    after.add_user("u3");
    let mut read = apply(&before, &after.appended(&unchanged).unwrap());
    assert_eq!((&read, read.stored_bytes()), (&after, after.stored_bytes()));
    assert_eq!(read.add_user("u4").as_u64(), 4);
}

#[test]
fn a_piece_that_does_not_fit_is_refused_and_changes_nothing() {
    let before = memory("u1 a1");
    let mut after = before.clone();
    after.add_user("u2");
    let piece = after.appended(&before).unwrap();
    let mut read = before.clone();
    let mut refusal = |from, piece: &[u8]| {
        let words = read.apply(from, piece).unwrap_err().to_string();
        assert_eq!(read, before);
        words
    };
    assert_eq!(refusal(3, &piece), "this memory was stored in version 3, and this alphora reads version 2");
    assert_eq!(
        refusal(2, &piece[..9]),
        "messages that were added in version 2 cannot be read: cut off at line 1 column 9"
    );
    let form = |after: usize, jumps: &str| {
        let message = r#"{"role":"user","content":"u2"}"#;
        format!(r#"{{"after":{after},"added":{{"version":2,"messages":[{message}]{jumps}}}}}"#)
    };
    let words = "messages that were added after 3 others do not follow on 2";
    assert_eq!(refusal(2, form(3, r#","jumps":[[0,2]]"#).as_bytes()), words);
    let words = "messages that were added have ids that others have had before them";
    for jumps in ["", r#","jumps":[[0,1]]"#, r#","jumps":[[0,1],[1,5]]"#] {
        assert_eq!(refusal(2, form(2, jumps).as_bytes()), words);
    }
}

#[test]
fn what_a_piece_costs_does_not_grow_with_the_memory() {
    let piece = |messages: usize| {
        let before = long(messages);
        let mut after = before.clone();
        after.add_user("one more");
        after.appended(&before).unwrap().len()
    };
    assert!(piece(100_000) - piece(10) <= 2 * "0000".len());
}

/// Deeds of a few turns, one after the other.
fn turns() -> impl Strategy<Value = Vec<(Vec<Deed>, bool)>> {
    let adding = deed()
        .prop_filter("adds", |deed| matches!(deed, Deed::Say(..) | Deed::Call(_) | Deed::CallInVain(_)));
    let turn = prop_oneof![
        3 => prop::collection::vec(adding, 0..6),
        1 => prop::collection::vec(deed(), 0..6),
    ];
    prop::collection::vec((turn, any::<bool>()), 0..40)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn a_snapshot_and_its_pieces_are_the_memory(turns in turns()) {
        let (mut memory, mut model): (MemoryManager, Model) = Default::default();
        // What a process holds between two turns, what another one would read, and how it is stored.
        let (mut before, mut read) = (memory.clone(), memory.clone());
        let (mut snapshot, mut pieces) = (serde_json::to_vec(&memory).unwrap(), Vec::new());
        for (deeds, elsewhere) in turns {
            if elsewhere {
                before = read.clone();
                memory = read.clone();
                model.next = read.clone().add_user("next").as_u64();
            }
            for deed in &deeds {
                model.act(&mut memory, deed);
            }
            if memory.changed(&before) {
                if let Some(piece) = memory.appended(&before) {
                    pieces.push(piece);
                } else {
                    (snapshot, pieces) = (serde_json::to_vec(&memory).unwrap(), Vec::new());
                }
                read = serde_json::from_slice(&snapshot).unwrap();
                for piece in &pieces {
                    read.apply(MemoryManager::VERSION, piece).unwrap();
                }
                prop_assert_eq!(read.clone().add_user("next"), memory.clone().add_user("next"));
            }
            prop_assert_eq!(&read, &memory);
            prop_assert!(read.entries().eq(memory.entries()));
            prop_assert_eq!(read.stored_bytes(), serde_json::to_vec(&read).unwrap().len());
            before = memory.clone();
        }
    }

    #[test]
    fn who_only_adds_is_stored_by_pieces(turns in prop::collection::vec(0..70_usize, 0..40)) {
        let mut memory = MemoryManager::default();
        for added in turns {
            let before = memory.clone();
            (0..added).for_each(|nth| { memory.add_user(format!("{nth}")); });
            let read = apply(&before, &memory.appended(&before).unwrap());
            prop_assert_eq!(&read, &memory);
            prop_assert_eq!(read.stored_bytes(), memory.stored_bytes());
        }
    }
}
