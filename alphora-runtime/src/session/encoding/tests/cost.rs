//! What is written and read in a long life: counted, not timed.

use super::*;

/// Adds to a chat `turns` times, and says how many bytes were written, and how many there are in the end.
fn written_by(turns: usize, text: &str) -> (u64, u64) {
    let mut store = Store::default();
    let mut memory = MemoryManager::default();
    let mut written = store.commit(None, &memory);
    let mut total = written.snapshot_bytes;
    for nth in 0..turns {
        let before = memory.clone();
        memory.add_user(text);
        memory.add_assistant(text);
        let (change, next) = encode(Some((&before, written)), &memory).unwrap();
        total += change.bytes() as u64;
        store.make(change);
        written = next;
        // What has to be read is bounded, too.
        let least = memory.stored_bytes() as u64;
        assert!(written.snapshot_bytes + written.piece_bytes <= 2 * least + PIECES, "turn {nth}");
        assert!(written.pieces as u64 <= written.snapshot_bytes.max(PIECES) / PIECE, "turn {nth}");
        if nth % (turns / 5) == 0 {
            assert_eq!(Written::of(store.record()), written);
            assert_eq!(decode::<MemoryManager>(store.record()).as_ref(), Ok(&memory));
        }
    }
    (total, memory.stored_bytes() as u64)
}

#[test]
fn what_is_written_is_a_multiple_of_what_was_added_however_long_the_session_is() {
    let (long, longer) = ("x".repeat(300), "x".repeat(20_000));
    for (text, turns, most) in [("hi", 10_000, 10), (&*long, 2_000, 4), (&*longer, 100, 3)] {
        let (written, bytes) = written_by(turns, text);
        assert!(written <= most * bytes, "{written} bytes were written for {bytes}");
        // Twice as many turns cost twice as much, give or take where the last snapshot falls.
        let (twice, _) = written_by(2 * turns, text);
        assert!(twice <= written * 5 / 2, "{written}, then {twice}");
    }
}
