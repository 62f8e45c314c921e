//! Who comes next, and who is sent away.

use tokio::time::{Instant, advance};

use super::*;
use crate::session::SessionError;

#[tokio::test(start_paused = true)]
async fn first_come_first_served() {
    let pool = pool(10);
    let mut running = take(&pool, "a").await;
    let mut waiting: Vec<_> = (0..10).map(|_| Box::pin(pool.get_or_create::<Blob>("a"))).collect();
    for turn in &mut waiting {
        assert!(poll_once(turn).is_none());
    }
    while !waiting.is_empty() {
        drop(running);
        // Asking again in another order changes nothing.
        let ready: Vec<_> = waiting.iter_mut().map(poll_once).rev().collect();
        assert_eq!(ready.iter().flatten().count(), 1);
        running = ready.into_iter().next_back().flatten().unwrap().unwrap();
        drop(waiting.remove(0));
    }
}

#[tokio::test(start_paused = true)]
async fn a_newcomer_does_not_overtake_a_turn_that_was_granted() {
    let pool = pool(10);
    let running = take(&pool, "a").await;
    let mut second = Box::pin(pool.get_or_create::<Blob>("a"));
    assert!(poll_once(&mut second).is_none());
    running.commit_here(blob(1)).unwrap();
    let mut third = Box::pin(pool.get_or_create::<Blob>("a"));
    assert!(poll_once(&mut third).is_none());
    let second = poll_once(&mut second).unwrap().unwrap();
    assert!(poll_once(&mut third).is_none());
    second.commit_here(blob(2)).unwrap();
    assert_eq!(third.await.unwrap().memory(), blob(2));
}

#[tokio::test(start_paused = true)]
async fn a_full_queue_refuses_at_once() {
    let pool = pool(10);
    let _running = take(&pool, "a").await;
    let mut waiting: Vec<_> = (0..16).map(|_| Box::pin(pool.get_or_create::<Blob>("a"))).collect();
    for turn in &mut waiting {
        assert!(poll_once(turn).is_none());
    }
    let start = Instant::now();
    let refused = pool.get_or_create::<Blob>("a").await.unwrap_err();
    assert_eq!(start.elapsed(), Duration::ZERO);
    assert_eq!(refused, SessionError::Busy { waited: Duration::ZERO, retry_after: seconds(1) });
    assert_eq!(
        refused.to_string(),
        "an earlier turn of this session is still running, and no more turns may wait for it; wait for its \
         answer, or try again in 1s"
    );

    // A client that leaves makes room in the queue.
    drop(waiting.swap_remove(3));
    assert!(poll_once(&mut Box::pin(pool.get_or_create::<Blob>("a"))).is_none());
    assert!(take(&pool, "another").await.is_new());
}

#[tokio::test(start_paused = true)]
async fn without_a_queue_no_turn_waits() {
    let pool = pool(10).with_queue(0, seconds(30));
    let running = take(&pool, "a").await;
    let refused = pool.get_or_create::<Blob>("a").await.unwrap_err();
    assert_eq!(refused.retry_after(), Some(seconds(1)));
    drop(running);
    assert!(take(&pool, "a").await.is_new());
}

#[tokio::test(start_paused = true)]
async fn a_wait_ends_after_its_time_and_leaves_the_queue() {
    let pool = pool(10).with_queue(1, seconds(30));
    let running = take(&pool, "a").await;
    let start = Instant::now();
    let refused = pool.get_or_create::<Blob>("a").await.unwrap_err();
    assert_eq!(start.elapsed(), seconds(30));
    assert_eq!(refused, SessionError::Busy { waited: seconds(30), retry_after: seconds(1) });
    assert!(refused.to_string().starts_with("an earlier turn of this session was still running after 30s"));

    // Its place is free again, and nobody is granted the session in its stead.
    let mut next = Box::pin(pool.get_or_create::<Blob>("a"));
    assert!(poll_once(&mut next).is_none());
    drop(running);
    assert!(poll_once(&mut next).unwrap().unwrap().is_new());
}

#[tokio::test(start_paused = true)]
async fn a_grant_that_comes_with_the_end_of_the_wait_is_taken() {
    let pool = pool(10);
    let running = take(&pool, "a").await;
    let mut next = Box::pin(pool.get_or_create::<Blob>("a"));
    assert!(poll_once(&mut next).is_none());
    advance(seconds(31)).await;
    drop(running);
    assert!(poll_once(&mut next).unwrap().is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_granted_turn_that_is_dropped_hands_the_session_on() {
    let pool = pool(10);
    let running = take(&pool, "a").await;
    let mut waiting: Vec<_> = (0..3).map(|_| Box::pin(pool.get_or_create::<Blob>("a"))).collect();
    for turn in &mut waiting {
        assert!(poll_once(turn).is_none());
    }
    let mut last = waiting.pop().unwrap();
    running.commit_here(blob(5)).unwrap();
    // The first is granted and leaves without looking; the second leaves while granted in turn.
    drop(waiting);
    assert_eq!(poll_once(&mut last).unwrap().unwrap().memory(), blob(5));
    drop(last);
    assert_eq!(take(&pool, "a").await.memory(), blob(5));
}

#[tokio::test(start_paused = true)]
async fn a_dropped_wait_wakes_the_next_task() {
    let pool = pool(10);
    let running = take(&pool, "a").await;
    let mut granted_and_dropped = Box::pin(pool.get_or_create::<Blob>("a"));
    assert!(poll_once(&mut granted_and_dropped).is_none());
    let waiter = pool.clone();
    let mut tasks = tokio::task::JoinSet::new();
    tasks.spawn(async move { take(&waiter, "a").await.is_new() });
    tokio::task::yield_now().await;
    drop(running);
    drop(granted_and_dropped);
    // Paused time would jump to the end of the wait if the task were never woken.
    let start = Instant::now();
    assert!(tasks.join_next().await.unwrap().unwrap());
    assert_eq!(start.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn the_type_of_memory_is_checked_again_after_the_wait() {
    let pool = pool(10);
    let running = take(&pool, "a").await;
    let mut other = Box::pin(pool.get_or_create::<Other>("a"));
    let mut same = Box::pin(pool.get_or_create::<Blob>("a"));
    assert!(poll_once(&mut other).is_none());
    assert!(poll_once(&mut same).is_none());
    running.commit_here(blob(1)).unwrap();
    assert!(matches!(poll_once(&mut other).unwrap(), Err(SessionError::WrongMemory { .. })));
    assert_eq!(poll_once(&mut same).unwrap().unwrap().memory(), blob(1));
}
