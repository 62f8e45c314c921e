//! What it costs to remember one message more.

use std::hint::black_box;
use std::time::Instant;

use alphora::MemoryManager;

use crate::table::{Table, median};

const ADDED: usize = 1000;

pub(crate) fn measure(quick: bool, table: &mut Table) {
    let rounds = if quick { 5 } else { 21 };
    let last = median(rounds, || added(99_000) / added(0));
    table.at_most("adding message 99,001 to 100,000, against the first thousand", last, 2.0);
    let turn = median(rounds, || turn(100_000) / turn(10));
    table.at_most("a turn (copy, two messages, drop) with 100,000 messages, against 10", turn, 4.0);
}

fn long(messages: usize) -> MemoryManager {
    let mut memory = MemoryManager::default();
    for nth in 0..messages {
        memory.add_user(format!("message number {nth} of a conversation"));
    }
    memory
}

/// Seconds to add a thousand messages to `before`.
fn added(before: usize) -> f64 {
    let mut memory = long(before);
    let begun = Instant::now();
    for nth in 0..ADDED {
        memory.add_user(format!("message number {nth} of a conversation"));
    }
    let passed = begun.elapsed();
    assert_eq!(black_box(&memory).len(), before + ADDED);
    passed.as_secs_f64()
}

/// Seconds for a thousand turns on a memory of `messages`, each on a copy, as a run has one.
fn turn(messages: usize) -> f64 {
    let memory = long(messages);
    let begun = Instant::now();
    for _ in 0..ADDED {
        let mut copy = black_box(&memory).clone();
        copy.add_user("a question");
        copy.add_assistant("an answer");
        black_box(copy);
    }
    begun.elapsed().as_secs_f64()
}
