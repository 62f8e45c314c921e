//! Turns that end those before them, and turns that refuse to wait.

use std::sync::{Arc, Mutex};

use tokio::time::{Instant, advance};

use super::*;
use crate::session::{Claim, Concurrency, Preempt, SessionError, SessionKey, TurnHandle};

/// The turns that were told to end, and whether what they remember is kept.
#[derive(Debug, Default)]
pub(super) struct Preempted(Mutex<Vec<(u128, bool)>>);

impl Preempted {
    pub(super) fn claim(self: &Arc<Self>, number: u128, concurrency: Concurrency) -> Claim {
        Claim { concurrency, handle: Some(TurnHandle { turns: self.clone(), number }) }
    }

    pub(super) fn all(&self) -> Vec<(u128, bool)> {
        self.0.lock().unwrap().clone()
    }
}

impl Preempt for Preempted {
    fn preempt(&self, turn: u128, keep: bool) {
        self.0.lock().unwrap().push((turn, keep));
    }

    fn lose(&self, _turn: u128) {}
}

type Asking = Pin<Box<dyn Future<Output = Result<Lease<Blob>, SessionError>>>>;

/// A pool, and turns of its session `a`.
struct Turns {
    pool: MemoryPool,
    preempted: Arc<Preempted>,
}

impl Turns {
    fn new() -> Self {
        Self { pool: pool(10), preempted: Arc::default() }
    }

    fn ask(&self, number: u128, concurrency: Concurrency) -> Asking {
        let (pool, claim) = (self.pool.clone(), self.preempted.claim(number, concurrency));
        Box::pin(async move { pool.lend(SessionKey::try_from("a").unwrap(), claim).await })
    }

    fn begun(&self, number: u128) -> Lease<Blob> {
        poll_once(&mut self.ask(number, Concurrency::Enqueue)).unwrap().unwrap()
    }

    fn waiting(&self, number: u128, concurrency: Concurrency) -> Asking {
        let mut asking = self.ask(number, concurrency);
        assert!(poll_once(&mut asking).is_none(), "turn {number} waits");
        asking
    }
}

#[tokio::test(start_paused = true)]
async fn a_turn_that_rejects_does_not_wait() {
    let turns = Turns::new();
    let running = turns.begun(1);
    let refused = poll_once(&mut turns.ask(2, Concurrency::Reject)).unwrap().unwrap_err();
    assert_eq!(refused, SessionError::Busy { waited: Duration::ZERO, retry_after: seconds(1) });
    drop(running);
    assert!(poll_once(&mut turns.ask(3, Concurrency::Reject)).unwrap().is_ok());
    assert!(turns.preempted.all().is_empty());
}

#[tokio::test(start_paused = true)]
async fn the_running_turn_is_told_and_the_waiting_ones_are_sent_away() {
    for (concurrency, keep) in [(Concurrency::Interrupt, true), (Concurrency::Rollback, false)] {
        let turns = Turns::new();
        let running = turns.begun(1);
        let mut waiting: Vec<_> = (2..10).map(|number| turns.waiting(number, Concurrency::Enqueue)).collect();
        let mut next = turns.waiting(20, concurrency);
        assert_eq!(turns.preempted.all(), [(1, keep)]);
        for turn in &mut waiting {
            assert_eq!(poll_once(turn).unwrap().unwrap_err(), SessionError::Superseded);
        }
        // The one under way may finish its commit.
        assert!(poll_once(&mut next).is_none());
        running.commit_here(blob(7)).unwrap();
        let next = poll_once(&mut next).unwrap().unwrap();
        assert_eq!(next.memory(), blob(7));
    }
}

#[tokio::test(start_paused = true)]
async fn a_turn_that_supersedes_can_be_superseded() {
    let turns = Turns::new();
    let running = turns.begun(1);
    let mut second = turns.waiting(2, Concurrency::Interrupt);
    let mut third = turns.waiting(3, Concurrency::Rollback);
    assert_eq!(poll_once(&mut second).unwrap().unwrap_err(), SessionError::Superseded);
    drop(running);
    // It has been given the session, and has not looked yet.
    let mut fourth = turns.waiting(4, Concurrency::Interrupt);
    assert_eq!(turns.preempted.all(), [(1, true), (1, false), (3, true)]);
    drop(poll_once(&mut third).unwrap().unwrap());
    assert!(poll_once(&mut fourth).unwrap().is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_superseded_turn_leaves_no_trace_in_a_place_that_is_another_sessions() {
    let turns = Turns::new();
    let running = turns.begun(1);
    let waiting = turns.waiting(2, Concurrency::Enqueue);
    let mut looking = turns.waiting(3, Concurrency::Enqueue);
    let next = turns.waiting(4, Concurrency::Rollback);
    // Nothing is stored, so that the session is gone, and then its place is another's.
    drop((next, running));
    assert_eq!(turns.pool.size(), 0);
    assert_eq!(poll_once(&mut looking).unwrap().unwrap_err(), SessionError::Superseded);
    let other = take(&turns.pool, "b").await;
    drop((waiting, looking));
    assert!(poll_once(&mut Box::pin(turns.pool.get_or_create::<Blob>("b"))).is_none(), "it is in use");
    drop(other);
}

#[tokio::test(start_paused = true)]
async fn a_programs_own_turns_are_not_ended() {
    let turns = Turns::new();
    let running = take(&turns.pool, "a").await;
    let mut own = Box::pin(turns.pool.get_or_create::<Blob>("a"));
    assert!(poll_once(&mut own).is_none());
    let mut sent_away = turns.waiting(1, Concurrency::Enqueue);
    let mut next = turns.waiting(2, Concurrency::Interrupt);
    assert!(poll_once(&mut sent_away).unwrap().is_err());
    assert!(turns.preempted.all().is_empty());
    drop(running);
    assert!(poll_once(&mut next).is_none());
    poll_once(&mut own).unwrap().unwrap().commit_here(blob(1)).unwrap();
    assert_eq!(poll_once(&mut next).unwrap().unwrap().memory(), blob(1));
}

#[tokio::test(start_paused = true)]
async fn a_turn_that_supersedes_waits_no_longer_than_others() {
    let turns = Turns::new();
    let running = turns.begun(1);
    let start = Instant::now();
    let refused = turns.ask(2, Concurrency::Interrupt).await.unwrap_err();
    assert_eq!(refused, SessionError::Busy { waited: seconds(30), retry_after: seconds(1) });
    assert_eq!(start.elapsed(), seconds(30));
    drop(running);
    assert!(take(&turns.pool, "a").await.is_new());
}

#[tokio::test(start_paused = true)]
async fn being_superseded_counts_even_when_the_wait_is_over_too() {
    let turns = Turns::new();
    let _running = turns.begun(1);
    let mut waiting = turns.waiting(2, Concurrency::Enqueue);
    let _next = turns.waiting(3, Concurrency::Interrupt);
    advance(seconds(31)).await;
    assert_eq!(poll_once(&mut waiting).unwrap().unwrap_err(), SessionError::Superseded);
}

#[tokio::test(start_paused = true)]
async fn a_turn_that_supersedes_waits_where_no_other_may() {
    let mut turns = Turns::new();
    turns.pool = turns.pool.with_queue(0, seconds(30));
    let running = turns.begun(1);
    assert!(poll_once(&mut turns.ask(2, Concurrency::Enqueue)).unwrap().is_err());
    let mut next = turns.waiting(3, Concurrency::Interrupt);
    drop(running);
    assert!(poll_once(&mut next).unwrap().is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_superseded_waiter_in_another_task_is_woken() {
    let turns = Turns::new();
    let _running = turns.begun(1);
    let (pool, claim) = (turns.pool.clone(), turns.preempted.claim(2, Concurrency::Enqueue));
    let mut tasks = tokio::task::JoinSet::new();
    tasks.spawn(async move { pool.lend::<Blob>(SessionKey::try_from("a").unwrap(), claim).await.map(drop) });
    tokio::task::yield_now().await;
    let start = Instant::now();
    let _next = turns.waiting(3, Concurrency::Interrupt);
    assert_eq!(tasks.join_next().await.unwrap().unwrap(), Err(SessionError::Superseded));
    assert_eq!(start.elapsed(), Duration::ZERO);
}

/// Comes back to the pool while it ends a turn.
struct Meddler(MemoryPool);

impl Preempt for Meddler {
    fn preempt(&self, _: u128, _: bool) {
        assert_eq!(self.0.size(), 1);
    }

    fn lose(&self, _turn: u128) {}
}

#[tokio::test(start_paused = true)]
async fn turns_are_told_outside_the_lock() {
    let pool = pool(10);
    let claim = |concurrency| {
        let handle = TurnHandle { turns: Arc::new(Meddler(pool.clone())), number: 1 };
        Claim { concurrency, handle: Some(handle) }
    };
    let key = || SessionKey::try_from("a").unwrap();
    let running = pool.lend::<Blob>(key(), claim(Concurrency::Enqueue)).await.unwrap();
    let mut next = Box::pin(pool.lend::<Blob>(key(), claim(Concurrency::Interrupt)));
    assert!(poll_once(&mut next).is_none());
    drop(running);
    assert!(poll_once(&mut next).unwrap().is_ok());
}
