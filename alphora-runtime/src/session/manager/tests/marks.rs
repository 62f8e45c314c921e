//! Pins and tags.

use super::*;

#[test]
fn marks_are_of_their_message() {
    let mut memory = memory("u1 a1 u2 a2");
    let ids: Vec<_> = memory.entries().map(|(id, _)| id).collect();
    assert!(
        memory.pin(ids[0]) && memory.tag(ids[0], "b") && memory.tag(ids[0], "a") && memory.tag(ids[0], "a")
    );
    assert!(memory.tag(ids[3], "a"));
    assert_eq!(memory.tags(ids[0]).collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(memory.tagged("a").map(|(id, _)| id).collect::<Vec<_>>(), [ids[0], ids[3]]);
    assert_eq!(words(memory.pinned().map(|(_, message)| message)), "u1");
    assert!(memory.is_pinned(ids[0]) && !memory.is_pinned(ids[1]));

    memory.delete(ids[1]);
    assert!(memory.is_pinned(ids[0]) && memory.tagged("a").count() == 2);
    assert!(memory.unpin(ids[0]) && memory.untag(ids[0], "a") && memory.untag(ids[0], "never there"));
    assert_eq!((memory.pinned().count(), memory.tagged("a").count(), memory.tagged("b").count()), (0, 1, 1));
    memory.delete(ids[0]);
    assert_eq!(memory.tagged("b").count(), 0);
}

#[test]
fn a_message_that_is_not_there_has_no_marks() {
    let mut memory = memory("u1");
    let gone = id(&memory, 0);
    memory.delete(gone);
    assert!(!memory.pin(gone) && !memory.unpin(gone) && !memory.tag(gone, "a") && !memory.untag(gone, "a"));
    assert!(!memory.is_pinned(gone));
    assert_eq!(memory.tags(gone).count(), 0);
}

#[test]
fn a_mark_is_a_change_and_to_take_it_back_is_none() {
    let before = long(100);
    for nth in [0, 31, 32, 64, 99] {
        let mut after = before.clone();
        let id = id(&after, nth);
        after.unpin(id);
        after.untag(id, "a");
        assert!(!after.changed(&before));
        after.pin(id);
        assert!(after.changed(&before) && after.stored_bytes() > before.stored_bytes());
        assert!(!before.is_pinned(id), "the other copy is as it was");
        after.unpin(id);
        assert!(!after.changed(&before));
        assert_eq!(after.stored_bytes(), before.stored_bytes());
        after.tag(id, "a");
        assert!(after.changed(&before));
    }
}
