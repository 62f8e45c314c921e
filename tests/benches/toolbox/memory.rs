//! What it costs to remember one message more.

use std::hint::black_box;
use std::time::Instant;

use alphora::MemoryManager;

use crate::table::{Table, median};

const ADDED: usize = 1000;

pub(crate) fn measure(quick: bool, table: &mut Table) {
    let rounds = if quick { 5 } else { 21 };
    let last = median(rounds, last_against_first);
    table.at_most("adding message 99,001 to 100,000, against the first thousand", last, 3.0);
    let (long, short) = (filled(100_000), filled(10));
    // Once before, so that neither is the one that warms up.
    let _ = (turns(&long), turns(&short));
    let turn = median(rounds, || turns(&long) / turns(&short));
    table.at_most("a turn (copy, two messages, drop) with 100,000 messages, against 10", turn, 3.0);
}

fn filled(messages: usize) -> MemoryManager {
    let mut memory = MemoryManager::default();
    add(&mut memory, messages);
    memory
}

/// Seconds to add `messages`.
fn add(memory: &mut MemoryManager, messages: usize) -> f64 {
    let begun = Instant::now();
    for nth in 0..messages {
        memory.add_user(format!("message number {nth} of a conversation"));
    }
    begun.elapsed().as_secs_f64()
}

/// One memory, filled: its last thousand against its first. Nothing is freed on the way, so that the allocator is in
/// the same state for both; the allocations of a memory before warm it up.
fn last_against_first() -> f64 {
    let warm = filled(ADDED);
    let mut memory = MemoryManager::default();
    let first = add(&mut memory, ADDED);
    add(&mut memory, 98 * ADDED);
    let last = add(&mut memory, ADDED);
    assert_eq!(black_box(&memory).len(), 100 * ADDED);
    drop(black_box(warm));
    last / first
}

/// Seconds for a thousand turns, each on a copy, as a run has one.
fn turns(memory: &MemoryManager) -> f64 {
    let begun = Instant::now();
    for _ in 0..ADDED {
        let mut copy = black_box(memory).clone();
        copy.add_user("a question");
        copy.add_assistant("an answer");
        black_box(copy);
    }
    begun.elapsed().as_secs_f64()
}
