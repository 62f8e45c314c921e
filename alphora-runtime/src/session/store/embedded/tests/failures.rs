//! Disks that are full or fail, a writer that panics, and the end of a store.

use std::time::Duration;

use super::disk::Disk;
use super::{Directory, append, claim, key, lend, replace, turn};
use crate::session::Owner;
use crate::session::store::{Change, Commit, Committed, PageRequest, Preemption, SessionStore, StoreError};

fn is_unavailable<T>(result: &Result<T, StoreError>) -> bool {
    matches!(result, Err(StoreError::Unavailable { retry_after, .. }) if !retry_after.is_zero())
}

#[tokio::test]
async fn a_full_disk_loses_nothing_and_is_used_again_when_there_is_room() {
    let disk = Disk::default();
    let store = disk.open();
    turn(&store, "kept", 1, replace("first")).await;
    let lease = lend(&store, "kept", 2).await;
    disk.set_full(true);
    let refused = store.commit(&key("kept"), &lease, &append("second")).await;
    let Err(StoreError::Unavailable { reason, .. }) = &refused else { panic!("{refused:?}") };
    assert!(reason.contains("no storage space"), "{reason}");
    assert!(is_unavailable(&store.check().await));
    disk.set_full(false);
    tokio::time::sleep(Duration::from_millis(600)).await;

    let committed = store.commit(&key("kept"), &lease, &append("second")).await;
    assert_eq!(committed.unwrap().version, 2);
    let record = store.read(&key("kept")).await.unwrap().unwrap().record;
    assert_eq!((record.pieces.len(), &*record.pieces[0]), (1, b"second".as_slice()));
}

#[tokio::test]
async fn a_disk_that_fails_at_any_write_is_no_loss() {
    for round in 0..3 {
        let disk = Disk::default();
        let store = disk.open();
        let mut version = turn(&store, "kept", 1, replace("first")).await;
        for number in 2..6 {
            let lease = lend(&store, "kept", number).await;
            disk.set_broken(true);
            assert!(is_unavailable(&store.commit(&key("kept"), &lease, &append("lost")).await));
            assert!(is_unavailable(&store.read(&key("kept")).await), "round {round}");
            assert!(is_unavailable(&store.statistics().await));
            disk.set_broken(false);
            tokio::time::sleep(Duration::from_millis(600)).await;
            // A reader brings it back as well as a writer.
            if round == 1 {
                assert_eq!(store.read(&key("kept")).await.unwrap().unwrap().record.version, version);
            }
            let committed = store.commit(&key("kept"), &lease, &append("found")).await.unwrap();
            version += 1;
            assert_eq!(committed.version, version);
        }
        drop(store);
        let store = disk.open();
        let record = store.read(&key("kept")).await.unwrap().unwrap().record;
        assert_eq!((record.version, record.pieces.len()), (5, 4));
    }
}

#[tokio::test]
async fn a_panic_of_the_writer_is_an_error_and_not_its_end() {
    let directory = Directory::new();
    let store = directory.open();
    turn(&store, "kept", 1, replace("first")).await;
    let lease = lend(&store, "kept", 2).await;
    let lost = store.ask::<()>(0, |work| {
        work.lend(&key("other"), &claim(3))?;
        panic!("as it was told")
    });
    assert!(is_unavailable(&lost.await));
    // Half a transaction has left nothing, neither in the file nor in memory.
    lend(&store, "other", 4).await;
    let committed = store.commit(&key("kept"), &lease, &append("second")).await;
    assert_eq!(committed, Ok(Committed { version: 2, replayed: false }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closing_does_what_was_asked_before() {
    let directory = Directory::new();
    let store = directory.open();
    let mut turns = tokio::task::JoinSet::new();
    for number in 0..64_u128 {
        let lease = lend(&store, &format!("s{number}"), number).await;
        let store = store.clone();
        turns.spawn(async move {
            (number, store.commit(&key(&format!("s{number}")), &lease, &replace("first")).await)
        });
    }
    tokio::task::yield_now().await;
    store.close().await.unwrap();
    store.close().await.unwrap();
    let mut stored = Vec::new();
    for (number, committed) in turns.join_all().await {
        match committed {
            Ok(_) => stored.push(number),
            Err(error) => assert!(is_unavailable::<()>(&Err(error))),
        }
    }
    // Who asks afterwards is told so, and does not wait.
    let lease =
        crate::session::store::StoreLease { turn: 1, fence: 1, version: 0, duration: Duration::from_secs(1) };
    assert!(is_unavailable(&store.begin(&key("s1"), &claim(1)).await));
    assert!(is_unavailable(&store.renew(&key("s1"), &lease).await));
    assert!(is_unavailable(&store.release(&key("s1"), &lease).await));
    assert!(is_unavailable(&store.preempt(&key("s1"), Preemption::Rollback).await));
    assert!(is_unavailable(&store.read(&key("s1")).await));
    assert!(is_unavailable(&store.delete(&key("s1")).await));
    let page = PageRequest { after: None, limit: 1 };
    assert!(is_unavailable(&store.list("", &Owner::anonymous(), &page).await));
    assert!(is_unavailable(&store.sweep().await));
    assert!(is_unavailable(&store.check().await));
    drop(store);

    let store = directory.open();
    for number in stored {
        assert!(store.read(&key(&format!("s{number}"))).await.unwrap().is_some(), "{number}");
    }
}

#[tokio::test]
async fn dropping_does_what_nobody_waits_for_any_more() {
    let directory = Directory::new();
    let store = directory.open();
    let lease = lend(&store, "s", 1).await;
    let commit = Commit { change: Change::Replace { format: 1, snapshot: "x".into() }, ttl: Duration::MAX };
    // Polled once, it is in the queue.
    let key = key("s");
    let mut asked = Box::pin(store.commit(&key, &lease, &commit));
    let first = std::future::poll_fn(|context| std::task::Poll::Ready(asked.as_mut().poll(context))).await;
    drop(asked);
    drop((first, store));
    assert!(directory.open().read(&key).await.unwrap().is_some());
}
