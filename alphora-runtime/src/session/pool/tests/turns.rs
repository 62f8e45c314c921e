//! One turn after the other, each of them whole or not at all.

use tokio::task::JoinSet;

use super::*;
use crate::error::{Error, ErrorKind};
use crate::session::{Owner, SessionError, SessionId, SessionKey};

#[tokio::test(start_paused = true)]
async fn a_commit_is_what_the_next_turn_finds() {
    let pool = pool(10);
    let first = take(&pool, "a").await;
    assert!(first.is_new());
    assert_eq!(first.memory(), Blob::default());
    assert_eq!(first.key(), &SessionKey::try_from("a").unwrap());
    first.commit_here(blob(7)).unwrap();

    let second = take(&pool, "a").await;
    assert!(!second.is_new());
    assert_eq!(second.memory(), blob(7));
    assert_eq!(second.stored(), Some(&blob(7)));
}

#[tokio::test(start_paused = true)]
async fn a_dropped_lease_leaves_the_session_as_it_was() {
    let pool = pool(10);
    store(&pool, "a", Blob { tag: 1, bytes: 10 }).await;
    let bytes = pool.bytes();

    let lease = take(&pool, "a").await;
    let mut changed = lease.memory();
    changed.tag = 2;
    assert_ne!(lease.stored(), Some(&changed));
    drop(lease);

    assert_eq!(take(&pool, "a").await.memory().tag, 1);
    assert_eq!((pool.size(), pool.bytes()), (1, bytes));
}

#[tokio::test(start_paused = true)]
async fn a_new_session_whose_lease_is_dropped_vanishes() {
    let pool = pool(10);
    let lease = take(&pool, "a").await;
    assert_eq!((pool.size(), pool.bytes()), (1, 0));
    drop(lease);
    assert_eq!((pool.size(), pool.bytes()), (0, 0));
    assert!(!pool.remove_here(&"a".try_into().unwrap()));
}

#[tokio::test(start_paused = true)]
async fn an_owner_and_an_agent_have_sessions_of_their_own() {
    let pool = pool(10);
    let id = SessionId::parse("a").unwrap();
    let keys = [
        SessionKey::from(&id),
        SessionKey::new("Support", Owner::anonymous(), id.clone()),
        SessionKey::new("Sales", Owner::anonymous(), id.clone()),
        SessionKey::new("Support", Owner::named("key-1"), id.clone()),
        SessionKey::new("Support", Owner::named(""), id),
    ];
    for (tag, key) in (1..).zip(&keys) {
        let lease = pool.get_or_create::<Blob>(key).await.unwrap();
        assert!(lease.is_new(), "{key}");
        lease.commit_here(blob(tag)).unwrap();
    }
    for (tag, key) in (1..).zip(&keys) {
        assert_eq!(pool.get_or_create::<Blob>(key).await.unwrap().memory().tag, tag, "{key}");
    }
}

#[tokio::test(start_paused = true)]
async fn another_type_of_memory_is_refused_and_nothing_is_lost() {
    let pool = pool(10);
    store(&pool, "a", blob(7)).await;
    let refused = pool.get_or_create::<Other>("a").await.unwrap_err();
    let SessionError::WrongMemory { stored, asked } = refused else { panic!("{refused}") };
    assert!(stored.ends_with("Blob") && asked.ends_with("Other"), "{refused}");
    assert_eq!(take(&pool, "a").await.memory(), blob(7));
}

#[tokio::test(start_paused = true)]
async fn an_id_that_is_none_is_refused() {
    let pool = pool(10);
    let refused = pool.get_or_create::<Blob>("no id").await.unwrap_err();
    assert_eq!(Error::from(refused.clone()).kind(), ErrorKind::Session);
    assert_eq!(
        refused.to_string(),
        "the session id has ' ' at byte 2: an id has 1 to 128 characters of `A-Z a-z 0-9 . _ : ~ -`"
    );
    assert_eq!(pool.size(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_memory_that_panics_while_it_is_measured_leaves_the_session_as_it_was() {
    #[derive(Clone, Default, Serialize, Deserialize)]
    struct Fragile(bool);
    impl Memory for Fragile {
        fn stored_bytes(&self) -> usize {
            assert!(!self.0, "broken");
            1
        }
    }

    let pool = pool(10);
    pool.get_or_create("a").await.unwrap().commit_here(Fragile(false)).unwrap();
    let lease = pool.get_or_create::<Fragile>("a").await.unwrap();
    let commit = std::panic::AssertUnwindSafe(|| lease.commit_here(Fragile(true)));
    std::panic::catch_unwind(commit).unwrap_err();
    assert!(!pool.get_or_create::<Fragile>("a").await.unwrap().memory().0);
}

#[tokio::test(start_paused = true)]
async fn a_removed_session_begins_anew() {
    let pool = pool(10);
    let key = SessionKey::try_from("a").unwrap();
    store(&pool, "a", sized(10)).await;
    assert!(pool.remove_here(&key));
    assert!(!pool.remove_here(&key));
    assert_eq!((pool.size(), pool.bytes()), (0, 0));
    assert!(take(&pool, "a").await.is_new());
}

#[tokio::test(start_paused = true)]
async fn a_session_that_is_removed_in_use_is_not_brought_back() {
    let pool = pool(10);
    let key = SessionKey::try_from("a").unwrap();
    store(&pool, "a", sized(10)).await;
    let running = take(&pool, "a").await;
    let mut next = Box::pin(pool.get_or_create::<Blob>("a"));
    assert!(poll_once(&mut next).is_none());

    assert!(pool.remove_here(&key));
    assert_eq!(pool.bytes(), 0);
    assert_eq!(running.commit_here(blob(2)), Err(SessionError::Removed));

    let next = next.await.unwrap();
    assert!(next.is_new());
    next.commit_here(blob(3)).unwrap();
    assert_eq!(take(&pool, "a").await.memory(), blob(3));
}

#[tokio::test(start_paused = true)]
async fn a_session_that_is_removed_in_its_first_turn_does_not_begin() {
    let pool = pool(10);
    let key = SessionKey::try_from("a").unwrap();
    let first = take(&pool, "a").await;
    assert_eq!(pool.size(), 1);
    assert!(pool.remove_here(&key));
    // The turn still has it, so that it is still there to be removed.
    assert_eq!(pool.size(), 1);
    assert!(pool.remove_here(&key));
    assert_eq!(first.commit_here(blob(1)), Err(SessionError::Removed));
    assert_eq!((pool.size(), pool.bytes()), (0, 0));
    assert!(!pool.remove_here(&key));

    store(&pool, "a", blob(2)).await;
    assert_eq!(take(&pool, "a").await.memory(), blob(2));
}

#[tokio::test(start_paused = true)]
async fn a_turn_that_begins_after_the_removal_may_commit() {
    let pool = pool(10);
    store(&pool, "a", blob(1)).await;
    let first = take(&pool, "a").await;
    let mut second = Box::pin(pool.get_or_create::<Blob>("a"));
    assert!(poll_once(&mut second).is_none());
    // The second turn has the session now, but has not looked at it.
    drop(first);
    assert!(pool.remove_here(&"a".try_into().unwrap()));
    let second = second.await.unwrap();
    assert!(second.is_new());
    second.commit_here(blob(2)).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn turns_of_one_session_never_interleave() {
    const TURNS: u32 = 400;
    let pool = pool(10).with_queue(TURNS as usize, seconds(60));
    let mut turns = JoinSet::new();
    for turn in 0..TURNS {
        let pool = pool.clone();
        turns.spawn(async move {
            let lease = take(&pool, "a").await;
            let before = lease.memory().tag;
            for _ in 0..turn % 5 {
                tokio::task::yield_now().await;
            }
            // Every fourth turn fails.
            if turn % 4 != 0 {
                lease.commit_here(blob(before + 1)).unwrap();
            }
        });
    }
    turns.join_all().await;
    assert_eq!(take(&pool, "a").await.memory().tag, TURNS / 4 * 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn turns_that_are_cancelled_at_any_time_lose_nothing() {
    let pool = pool(10).with_queue(1000, seconds(60));
    let mut turns = JoinSet::new();
    let committed = std::sync::Arc::new(std::sync::atomic::AtomicU32::new(0));
    for turn in 0..400_u32 {
        let (pool, committed) = (pool.clone(), committed.clone());
        let task = turns.spawn(async move {
            let lease = take(&pool, "a").await;
            let before = lease.memory().tag;
            tokio::task::yield_now().await;
            lease.commit_here(blob(before + 1)).unwrap();
            committed.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        });
        if turn % 3 == 0 {
            tokio::task::yield_now().await;
            task.abort();
        }
    }
    while turns.join_next().await.is_some() {}
    assert_eq!(take(&pool, "a").await.memory().tag, committed.load(std::sync::atomic::Ordering::SeqCst));
}
