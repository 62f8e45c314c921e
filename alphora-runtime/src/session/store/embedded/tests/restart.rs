//! What a process that was killed leaves to the next one.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::super::clock::Clock;
use super::super::place::Place;
use super::{Directory, EmbeddedStore, key, lend, replace, turn};
use crate::session::store::{Begun, Claim, Commit, SessionStore, StoreLimits};

pub(super) fn open_at(directory: &Path, time: &Arc<AtomicU64>) -> EmbeddedStore {
    let place = Place::in_directory(directory).unwrap();
    EmbeddedStore::at(place, StoreLimits::default(), Clock::Manual(time.clone())).unwrap()
}

/// What the file is now, as a crash would leave it.
pub(super) fn crashed(directory: &Directory) -> Directory {
    let copy = Directory::new();
    fs::create_dir_all(&copy.0).unwrap();
    fs::copy(directory.file(), copy.file()).unwrap();
    copy
}

#[tokio::test]
async fn fences_grow_over_crashes() {
    let mut directory = Directory::new();
    let mut highest = 0;
    for life in 0..5_u128 {
        let store = directory.open();
        for number in 0..3 {
            // Leases of which nothing is written.
            let lease = lend(&store, &format!("{life}-{number}"), life * 10 + number).await;
            assert!(lease.fence > highest, "{lease:?}");
            highest = lease.fence;
        }
        let next = crashed(&directory);
        drop(store);
        directory = next;
    }
}

#[tokio::test]
async fn leases_are_void_and_their_sessions_free() {
    let directory = Directory::new();
    let store = directory.open();
    turn(&store, "s", 1, replace("x")).await;
    let lease = lend(&store, "s", 2).await;
    let copy = crashed(&directory);
    let next = copy.open();
    assert!(next.commit(&key("s"), &lease, &replace("late")).await.is_err());
    assert!(lend(&next, "s", 3).await.fence > lease.fence);
}

/// A use that was never written down counts for the expiry all the same.
#[tokio::test]
async fn no_session_expires_early_after_a_crash() {
    let time = Arc::new(AtomicU64::new(1_000_000));
    let at = |seconds: u64| time.store(1_000_000 + seconds * 1_000, Ordering::SeqCst);
    let directory = Directory::new();
    let store = open_at(&directory.0, &time);
    let ttl = Duration::from_secs(1_000);
    let claim = |turn| Claim { ttl, ..super::claim(turn) };
    let Begun::Granted { lease, .. } = store.begin(&key("s"), &claim(1)).await.unwrap() else { panic!() };
    store.commit(&key("s"), &lease, &Commit { ttl, ..replace("x") }).await.unwrap();
    let written = store.transactions();

    at(100);
    let Begun::Granted { lease, .. } = store.begin(&key("s"), &claim(2)).await.unwrap() else { panic!() };
    store.release(&key("s"), &lease).await.unwrap();
    assert_eq!(store.transactions(), written, "an eighth of its time is not worth a transaction");
    let copy = crashed(&directory);
    at(1_099);
    assert!(store.read(&key("s")).await.unwrap().is_some());
    let next = open_at(&copy.0, &time);
    assert!(next.read(&key("s")).await.unwrap().is_some(), "it was used 999 seconds ago");
    assert_eq!(next.sweep().await, Ok(0));
    at(1_100);
    assert!(store.read(&key("s")).await.unwrap().is_none(), "who has lent it knows exactly");
    at(1_126);
    assert!(next.read(&key("s")).await.unwrap().is_none(), "an eighth longer, and no more");
    assert_eq!((next.sweep().await, store.sweep().await), (Ok(1), Ok(1)));
}

#[tokio::test]
async fn a_use_that_matters_is_written() {
    let time = Arc::new(AtomicU64::new(1_000_000));
    let directory = Directory::new();
    let store = open_at(&directory.0, &time);
    turn(&store, "s", 1, replace("x")).await;
    let written = store.transactions();
    time.fetch_add(1_800_000, Ordering::SeqCst);
    lend(&store, "s", 2).await;
    assert_eq!(store.transactions(), written + 1);
    let copy = crashed(&directory);
    time.fetch_add(3_500_000, Ordering::SeqCst);
    assert!(open_at(&copy.0, &time).read(&key("s")).await.unwrap().is_some());
}
