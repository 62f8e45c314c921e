//! Turns that race do what the simple pool does, whichever of them gets the lock first.
//!
//! Run with `RUSTFLAGS="--cfg shuttle" cargo test -p alphora-runtime --lib --release schedules`. A wake-up that is
//! lost leaves a task that waits for ever, which the checker reports as a deadlock.

mod task;
mod trace;

use std::sync::Arc;

use shuttle::thread;
use tokio::time::Instant;

use self::task::Task;
use self::trace::Trace;
use super::model::Model;
use super::supersede::Preempted;
use super::*;
use crate::sync::tests::{Clock, explore};

/// What the tasks of a scenario do.
#[derive(Debug, Clone, Copy)]
struct Mix {
    tasks: u32,
    /// How many calls each task makes.
    calls: u32,
    /// How many sessions they share.
    ids: u8,
    /// How many of them there is room for.
    items: usize,
    /// How many bytes there is room for.
    bytes: usize,
    /// How many sessions and bytes there is room for of an owner with a name.
    of_owner: (usize, usize),
    /// The first of the sessions: those from 4 on are two owners'.
    first: u8,
    /// How many turns may wait.
    queue: usize,
    /// Among 100 calls, how many are removals, sweeps, unnamed sessions, lists and looks; the others are turns.
    others: u32,
    /// Among 100 turns, how many are given up by their clients while they wait.
    impatient: u32,
    /// Among 100 turns, how many say what becomes of those before them; the others wait, and cannot be ended.
    claims: u32,
    /// By how much the clock is moved, and how often.
    advances: &'static [u64],
}

const TURNS: Mix = Mix {
    tasks: 3,
    calls: 2,
    ids: 1,
    items: 8,
    bytes: 10_000,
    of_owner: (8, 10_000),
    first: 0,
    queue: 8,
    others: 0,
    impatient: 0,
    claims: 0,
    advances: &[],
};

impl Mix {
    fn model(&self) -> Model {
        Model {
            ttl: 100,
            max_items: self.items,
            max_bytes: self.bytes,
            max_session_bytes: 80,
            max_owner_items: self.of_owner.0,
            max_owner_bytes: self.of_owner.1,
            queue: self.queue,
            wait: 50,
            now: 0,
            uses: 0,
            sessions: std::collections::BTreeMap::new(),
            superseded: Vec::new(),
            preempted: Vec::new(),
        }
    }

    fn check(self) {
        explore(move |clock| self.run(clock));
    }

    /// One schedule.
    fn run(self, clock: &Clock) {
        let model = self.model();
        let pool = MemoryPool::new(Duration::from_millis(model.ttl), model.max_items)
            .with_max_bytes(model.max_bytes)
            .with_max_session_bytes(model.max_session_bytes)
            .with_max_owner_items(model.max_owner_items)
            .with_max_owner_bytes(model.max_owner_bytes)
            .with_queue(model.queue, Duration::from_millis(model.wait));
        pool.keep_directory();
        crate::sync::forget_sections();
        let begun = Instant::now();
        let trace = Arc::new(Trace::default());
        let preempted = Arc::new(Preempted::default());
        let tasks = (1..=self.tasks).map(|nth| {
            let task = Task::new(nth, self, pool.clone(), trace.clone(), preempted.clone());
            thread::spawn(move || task.run())
        });
        let mut tasks: Vec<_> = tasks.collect();
        if !self.advances.is_empty() {
            let clock = clock.clone();
            tasks.push(thread::spawn(move || {
                for millis in self.advances {
                    thread::yield_now();
                    clock.advance(Duration::from_millis(*millis));
                }
            }));
        }
        for task in tasks {
            task.join().unwrap();
        }
        trace.check(&pool, model, begun, &preempted);
    }
}

#[test]
fn turns_of_one_session_come_one_after_the_other() {
    Mix { tasks: 4, ..TURNS }.check();
}

#[test]
fn clients_that_give_up_hold_nobody_up() {
    Mix { impatient: 50, calls: 3, ..TURNS }.check();
}

#[test]
fn a_queue_has_its_length() {
    Mix { tasks: 4, queue: 1, impatient: 30, ..TURNS }.check();
}

#[test]
fn sessions_race_for_the_last_place() {
    Mix { ids: 2, items: 1, impatient: 20, ..TURNS }.check();
}

#[test]
fn owners_race_for_the_last_place_of_their_own() {
    let mix = Mix { tasks: 4, calls: 3, ids: 4, first: 5, of_owner: (1, 100), impatient: 20, ..TURNS };
    Mix { others: 25, ..mix }.check();
}

#[test]
fn waits_end_in_time_and_sessions_expire() {
    Mix { ids: 2, items: 2, impatient: 10, advances: &[30, 30, 101, 49], ..TURNS }.check();
}

#[test]
fn sessions_are_removed_under_their_turns() {
    Mix { calls: 3, others: 40, impatient: 20, ..TURNS }.check();
}

#[test]
fn turns_take_the_place_of_others() {
    Mix { tasks: 4, claims: 80, impatient: 20, queue: 2, ..TURNS }.check();
}

#[test]
fn everything_at_once() {
    let mix = Mix { tasks: 4, calls: 3, ids: 4, first: 3, items: 3, bytes: 150, queue: 2, ..TURNS };
    let mix = Mix { of_owner: (2, 100), ..mix };
    Mix { others: 30, impatient: 25, claims: 50, advances: &[60, 101], ..mix }.check();
}
