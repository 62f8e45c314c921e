//! What waits together is written together.

use std::sync::atomic::Ordering;
use std::sync::mpsc;

use super::super::work::Work;
use super::{Directory, append, key, lend, replace, turn};
use crate::session::store::{SessionStore, StoreError};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commits_that_wait_are_one_transaction() {
    let directory = Directory::new();
    let store = directory.open();
    let mut leases = Vec::new();
    for number in 0..64_u128 {
        leases.push((number, lend(&store, &format!("s{number}"), number).await));
    }
    let before = store.shared.transactions.load(Ordering::SeqCst);
    // The writer is held up until all of them wait.
    let (go, told) = mpsc::channel::<()>();
    let (reached, is_held_up) = mpsc::channel::<()>();
    let mut waiting = tokio::task::JoinSet::new();
    let blocked = store.clone();
    waiting.spawn(async move {
        let pause = move |_: &mut Work<'_>| {
            reached.send(()).ok();
            told.recv().ok();
            Ok(1)
        };
        blocked.ask(0, pause).await.unwrap()
    });
    tokio::task::spawn_blocking(move || is_held_up.recv()).await.unwrap().unwrap();
    for (number, lease) in leases {
        let store = store.clone();
        waiting.spawn(async move {
            store.commit(&key(&format!("s{number}")), &lease, &replace("x")).await.unwrap().version
        });
    }
    while store.waiting() < 64 {
        tokio::task::yield_now().await;
    }
    go.send(()).unwrap();
    assert_eq!(waiting.join_all().await, [1; 65]);
    assert_eq!(store.shared.transactions.load(Ordering::SeqCst) - before, 1);
}

#[tokio::test]
async fn leases_are_not_written() {
    let directory = Directory::new();
    let store = directory.open();
    turn(&store, "s", 1, replace("x")).await;
    let before = store.shared.transactions.load(Ordering::SeqCst);
    for number in 2..100 {
        let lease = lend(&store, "s", number).await;
        assert_eq!(store.renew(&key("s"), &lease).await, Ok(None));
        store.release(&key("s"), &lease).await.unwrap();
    }
    assert_eq!(store.shared.transactions.load(Ordering::SeqCst), before);
    // A thousand fences are taken at once.
    for number in 100..1_200 {
        let lease = lend(&store, "s", number).await;
        store.release(&key("s"), &lease).await.unwrap();
    }
    assert_eq!(store.shared.transactions.load(Ordering::SeqCst), before + 1);
}

#[tokio::test]
async fn one_that_is_refused_does_not_disturb_the_others() {
    let directory = Directory::new();
    let store = directory.open();
    let lease = lend(&store, "good", 1).await;
    let stale = lend(&store, "bad", 2).await;
    let fresh = lend(&store, "bad", 2).await;
    let (good, bad) = (key("good"), key("bad"));
    let (first, second) = (replace("x"), replace("y"));
    let appended = append("z");
    let (one, two, three) = tokio::join!(
        store.commit(&good, &lease, &first),
        store.commit(&bad, &stale, &second),
        store.commit(&bad, &fresh, &appended),
    );
    assert_eq!(one.unwrap().version, 1);
    assert_eq!(two, Err(StoreError::Fenced));
    assert!(matches!(three, Err(StoreError::Corrupt { .. })), "{three:?}");
}
