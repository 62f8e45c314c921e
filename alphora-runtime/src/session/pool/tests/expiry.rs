//! How long a session lives.

use tokio::task::JoinSet;
use tokio::time::advance;
use tokio_util::sync::CancellationToken;

use super::*;

#[tokio::test(start_paused = true)]
async fn an_expired_session_is_never_returned() {
    let pool = pool(10);
    store(&pool, "a", blob(1)).await;
    advance(seconds(100)).await;
    // Not used for longer than its time to live: not yet.
    assert_eq!(take(&pool, "a").await.memory(), blob(1));
    advance(seconds(100) + Duration::from_nanos(1)).await;
    assert_eq!(pool.size(), 1, "nothing has swept");
    assert!(take(&pool, "a").await.is_new());
}

#[tokio::test(start_paused = true)]
async fn each_access_starts_the_time_anew() {
    let pool = pool(10);
    store(&pool, "a", blob(1)).await;
    for _ in 0..10 {
        advance(seconds(99)).await;
        assert_eq!(take(&pool, "a").await.memory(), blob(1));
    }
}

#[tokio::test(start_paused = true)]
async fn the_time_starts_anew_at_the_end_of_a_turn() {
    let pool = pool(10);
    store(&pool, "a", blob(1)).await;
    let running = take(&pool, "a").await;
    advance(seconds(250)).await;
    assert_eq!(pool.clean_expired(), 0, "a session in use does not expire");
    drop(running);
    advance(seconds(100)).await;
    assert_eq!(take(&pool, "a").await.memory(), blob(1));
}

#[tokio::test(start_paused = true)]
async fn an_expired_session_counts_until_it_is_removed() {
    let pool = pool(1000);
    for session in 0..600 {
        store(&pool, &session.to_string(), sized(10)).await;
    }
    advance(seconds(60)).await;
    store(&pool, "late", sized(10)).await;
    let _in_use = take(&pool, "0").await;
    advance(seconds(60)).await;
    assert_eq!(pool.size(), 601);
    assert_eq!(pool.clean_expired(), 599);
    assert_eq!(pool.clean_expired(), 0);
    assert_eq!(pool.size(), 2);
    assert_eq!(pool.bytes(), 2 * 10 + "late".len() + "0".len());
}

#[tokio::test(start_paused = true)]
async fn removing_an_expired_session_finds_none() {
    let pool = pool(10);
    store(&pool, "a", blob(1)).await;
    advance(seconds(101)).await;
    assert!(!pool.remove_here(&"a".try_into().unwrap()));
    assert_eq!(pool.size(), 0);
}

#[tokio::test(start_paused = true)]
async fn the_sweeper_frees_what_has_expired_and_ends_with_the_server() {
    let pool = pool(1000);
    let until = CancellationToken::new();
    let mut tasks = JoinSet::new();
    tasks.spawn(pool.clone().sweep_every(seconds(10), until.clone().cancelled_owned()));
    for session in 0..600 {
        store(&pool, &session.to_string(), blob(1)).await;
    }
    tokio::time::sleep(seconds(99)).await;
    assert_eq!(pool.size(), 600);
    tokio::time::sleep(seconds(12)).await;
    assert_eq!(pool.size(), 0);

    until.cancel();
    tasks.join_next().await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_sweeper_without_interval_is_not_a_busy_loop() {
    let pool = pool(10);
    let until = CancellationToken::new();
    let mut tasks = JoinSet::new();
    tasks.spawn(pool.clone().sweep_every(Duration::ZERO, until.clone().cancelled_owned()));
    store(&pool, "a", blob(1)).await;
    // In paused time a busy loop would never let this end.
    tokio::time::sleep(seconds(101)).await;
    assert_eq!(pool.size(), 0);
    until.cancel();
    tasks.join_next().await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_poisoned_lock_still_works() {
    let pool = pool(10);
    store(&pool, "a", blob(1)).await;
    let poison = std::panic::AssertUnwindSafe(|| pool.locked(|_, _| panic!("under the lock")));
    std::panic::catch_unwind(poison).unwrap_err();
    assert_eq!(take(&pool, "a").await.memory(), blob(1));
}
