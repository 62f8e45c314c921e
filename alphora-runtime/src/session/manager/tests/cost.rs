//! What a copy, an addition and a mark cost: counted, not timed.

use std::sync::Arc;

use super::*;

/// How many messages, and how many of their places in memory, two memories have in common.
fn shared(a: &MemoryManager, b: &MemoryManager) -> (usize, usize) {
    let pairs = || a.entries.iter().zip(b.entries.iter());
    let messages = pairs().filter(|(a, b)| Arc::ptr_eq(&a.message, &b.message)).count();
    (messages, pairs().filter(|(a, b)| std::ptr::eq(*a, *b)).count())
}

#[test]
fn a_copy_shares_its_messages() {
    let before = long(1000);
    let mut after = before.clone();
    assert_eq!(shared(&before, &after), (1000, 1000));
    after.add_user("one more");
    assert_eq!(shared(&before, &after), (1000, 1000 / 32 * 32));
    after.pin(id(&after, 100));
    assert_eq!(shared(&before, &after), (1000, 1000 / 32 * 32 - 32));
    after.delete(id(&after, 500));
    let copied = after.messages().filter(|one| !before.messages().any(|other| std::ptr::eq(*one, other)));
    assert_eq!(words(copied), "one more", "not even deleting copies a message");
}

/// How much of one block at most is not shared after one more message was added to a copy.
fn copied_by_adding(messages: usize) -> usize {
    let before = long(messages);
    let mut after = before.clone();
    after.add_user("one more");
    messages - shared(&before, &after).1
}

#[test]
fn adding_to_a_copy_costs_the_same_however_many_messages_there_are() {
    for messages in [63, 1023, 32 * 1024 - 1, 99_999] {
        assert_eq!(copied_by_adding(messages), 31, "the last block, at its longest");
    }
    assert_eq!(copied_by_adding(100_000), 0);
}

#[test]
fn a_history_shares_all_messages() {
    let memory = long(1000);
    let history = memory.build_history().max_rounds(10);
    assert!(history.messages().eq(memory.messages().skip(990)));
    assert!(history.messages().zip(memory.messages().skip(990)).all(|(a, b)| std::ptr::eq(a, b)));
}
