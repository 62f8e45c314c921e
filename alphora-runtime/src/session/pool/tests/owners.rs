//! What one owner may have, and who makes room for him.

use tokio::time::advance;

use super::*;
use crate::session::{Owner, SessionError, SessionId, SessionKey};

const FULL: SessionError = SessionError::Capacity { retry_after: seconds(5) };

/// `ann/1` is Ann's session `1`, `-/1` is nobody's in particular.
fn key(name: &str) -> SessionKey {
    let (owner, id) = name.split_once('/').unwrap();
    let owner = if owner == "-" { Owner::anonymous() } else { Owner::named(owner) };
    SessionKey::new("", owner, SessionId::parse(id).unwrap())
}

async fn take(pool: &MemoryPool, name: &str) -> Result<Lease<Blob>, SessionError> {
    pool.get_or_create(key(name)).await
}

/// One whole turn.
async fn store(pool: &MemoryPool, name: &str, bytes: usize) -> Result<(), SessionError> {
    take(pool, name).await?.commit_here(sized(bytes))
}

async fn store_all(pool: &MemoryPool, names: &[&str]) {
    for name in names {
        store(pool, name, 10).await.unwrap();
    }
}

fn present<'a>(pool: &MemoryPool, names: &[&'a str]) -> Vec<&'a str> {
    let is_there = |name: &str| pool.locked(|state, _| state.index.get(&pool.hashed(key(name))).is_some());
    names.iter().copied().filter(|name| is_there(name)).collect()
}

fn owners(pool: &MemoryPool) -> usize {
    pool.locked(|state, _| state.owners.iter().count())
}

#[tokio::test(start_paused = true)]
async fn an_owner_with_enough_makes_room_among_his_own() {
    let pool = pool(10).with_max_owner_items(2);
    store_all(&pool, &["bob/1", "-/1", "ann/1", "-/2", "ann/2", "-/3", "bob/2", "ann/3"]).await;
    let all = ["bob/1", "-/1", "ann/1", "-/2", "ann/2", "-/3", "bob/2", "ann/3"];
    assert_eq!(present(&pool, &all), ["bob/1", "-/1", "-/2", "ann/2", "-/3", "bob/2", "ann/3"]);
    // The one that was used least recently.
    drop(take(&pool, "ann/2").await.unwrap());
    store_all(&pool, &["ann/1"]).await;
    assert_eq!(present(&pool, &all), ["bob/1", "-/1", "ann/1", "-/2", "ann/2", "-/3", "bob/2"]);
    // Nobody in particular has no limit of his own.
    store_all(&pool, &["-/4", "-/5", "-/6"]).await;
    assert_eq!(pool.size(), 10);
}

#[tokio::test(start_paused = true)]
async fn an_owner_whose_sessions_are_all_in_use_waits_and_no_other_does() {
    let pool = pool(10).with_max_owner_items(2);
    store_all(&pool, &["bob/1"]).await;
    let (one, _two) = (take(&pool, "ann/1").await.unwrap(), take(&pool, "ann/2").await.unwrap());
    assert_eq!(take(&pool, "ann/3").await.unwrap_err(), FULL);
    assert_eq!(pool.insert_unnamed_here(key("ann/u"), blob(1)), Ok(false));
    store_all(&pool, &["bob/2"]).await;
    drop(one);
    store_all(&pool, &["ann/3"]).await;
    assert_eq!(pool.size(), 4);
}

#[tokio::test(start_paused = true)]
async fn of_his_own_the_ones_that_no_client_named_go_first() {
    let pool = pool(10).with_max_owner_items(2);
    store_all(&pool, &["ann/1"]).await;
    assert_eq!(pool.insert_unnamed_here(key("ann/u"), blob(1)), Ok(true));
    assert_eq!(pool.insert_unnamed_here(key("bob/u"), blob(1)), Ok(true));
    store_all(&pool, &["ann/2"]).await;
    assert_eq!(present(&pool, &["ann/1", "ann/u", "ann/2", "bob/u"]), ["ann/1", "ann/2", "bob/u"]);
    // They never take the place of one that a client has named, unless that has expired.
    assert_eq!(pool.insert_unnamed_here(key("ann/u"), blob(1)), Ok(false));
    advance(seconds(101)).await;
    assert_eq!(pool.insert_unnamed_here(key("ann/u"), blob(1)), Ok(true));
}

#[tokio::test(start_paused = true)]
async fn the_bytes_of_an_owner_have_a_cap() {
    let pool = pool(10).with_max_owner_bytes(100);
    store(&pool, "bob/1", 46).await.unwrap();
    store(&pool, "ann/1", 46).await.unwrap();
    store(&pool, "ann/2", 46).await.unwrap();
    store(&pool, "-/1", 500).await.unwrap();
    assert_eq!(present(&pool, &["bob/1", "ann/1", "ann/2"]), ["bob/1", "ann/1", "ann/2"]);
    store(&pool, "ann/3", 20).await.unwrap();
    assert_eq!(present(&pool, &["bob/1", "ann/1", "ann/2", "ann/3"]), ["bob/1", "ann/2", "ann/3"]);
    // What a session took before makes room for itself.
    store(&pool, "ann/3", 46).await.unwrap();
    assert_eq!(present(&pool, &["ann/2", "ann/3"]), ["ann/2", "ann/3"]);

    let too_large = SessionError::TooLarge { bytes: 104, limit: 100 };
    assert_eq!(store(&pool, "ann/4", 100).await, Err(too_large.clone()));
    assert_eq!(pool.insert_unnamed_here(key("ann/4"), sized(100)), Err(too_large));

    // Nothing is evicted in vain.
    let in_use = take(&pool, "ann/3").await.unwrap();
    assert_eq!(store(&pool, "ann/4", 50).await, Err(FULL));
    assert_eq!(present(&pool, &["ann/2", "ann/3", "ann/4"]), ["ann/2", "ann/3"]);
    drop(in_use);
    store(&pool, "ann/4", 50).await.unwrap();
    assert_eq!(present(&pool, &["bob/1", "ann/2", "ann/3", "ann/4"]), ["bob/1", "ann/4"]);
}

#[tokio::test(start_paused = true)]
async fn what_an_owner_may_have_is_three_quarters_unless_it_is_said() {
    let pool = pool(20).with_max_bytes(400);
    store_all(&pool, &["bob/1", "-/1"]).await;
    for id in 0..100 {
        store(&pool, &format!("ann/{id}"), 1).await.unwrap();
    }
    assert_eq!(pool.size(), 2 + 15);
    assert_eq!(present(&pool, &["bob/1", "-/1"]), ["bob/1", "-/1"]);
    let too_large = SessionError::TooLarge { bytes: 304, limit: 300 };
    assert_eq!(store(&pool, "ann/x", 300).await, Err(too_large));
    store(&pool, "-/2", 300).await.unwrap();

    // Where there is room for one session, it may be his.
    for items in [1, 2, 3] {
        let pool = MemoryPool::new(seconds(100), items);
        for id in 0..items {
            store(&pool, &format!("ann/{id}"), 1).await.unwrap();
        }
        assert_eq!(pool.size(), items);
    }
}

#[tokio::test(start_paused = true)]
async fn a_full_pool_asks_nobody_whose_sessions_these_are() {
    let pool = pool(3).with_max_owner_items(2);
    store_all(&pool, &["bob/1", "ann/1", "-/1", "ann/2"]).await;
    assert_eq!(present(&pool, &["bob/1", "ann/1", "-/1", "ann/2"]), ["ann/1", "-/1", "ann/2"]);
    store_all(&pool, &["ann/3"]).await;
    assert_eq!(present(&pool, &["ann/1", "-/1", "ann/2", "ann/3"]), ["-/1", "ann/2", "ann/3"]);
}

#[tokio::test(start_paused = true)]
async fn an_owner_may_have_one_session_or_none() {
    let pool = pool(3).with_max_owner_items(1);
    store_all(&pool, &["ann/1", "ann/2", "bob/1"]).await;
    assert_eq!(pool.insert_unnamed_here(key("cleo/u1"), sized(10)), Ok(true));
    assert_eq!(pool.insert_unnamed_here(key("cleo/u2"), sized(10)), Ok(true));
    assert_eq!(
        present(&pool, &["ann/1", "ann/2", "bob/1", "cleo/u1", "cleo/u2"]),
        ["ann/2", "bob/1", "cleo/u2"]
    );
    let pool = pool.with_max_owner_items(0);
    assert_eq!(take(&pool, "dan/1").await.unwrap_err(), FULL);
    assert_eq!(owners(&pool), 3);
    store_all(&pool, &["-/1"]).await;
}

#[tokio::test(start_paused = true)]
async fn owners_without_sessions_are_forgotten() {
    let pool = pool(1000);
    for owner in 0..500 {
        store(&pool, &format!("owner-{owner}/1"), 1).await.unwrap();
    }
    let in_use = take(&pool, "owner-7/1").await.unwrap();
    assert_eq!(owners(&pool), 500);
    assert!(pool.remove_here(&key("owner-8/1")));
    assert_eq!(owners(&pool), 499);
    advance(seconds(101)).await;
    assert_eq!(pool.clean_expired(), 498);
    assert_eq!(owners(&pool), 1);
    drop(in_use);
    drop(take(&pool, "owner-9/1").await.unwrap());
    assert_eq!(owners(&pool), 1);
}
