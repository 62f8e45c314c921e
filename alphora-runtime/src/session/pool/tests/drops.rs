//! What a memory may do when it is dropped.

use std::sync::Arc;

use tokio::time::advance;

use super::*;
use crate::session::SessionError;

/// A memory that calls its pool when it is dropped, and panics if told to.
#[derive(Clone, Default, Serialize, Deserialize)]
struct Restless {
    #[serde(skip)]
    pool: Option<Arc<MemoryPool>>,
    panics: bool,
}

impl Memory for Restless {
    fn stored_bytes(&self) -> usize {
        0
    }
}

impl Drop for Restless {
    fn drop(&mut self) {
        if let Some(pool) = &self.pool {
            assert!(pool.size() < 1000);
        }
        assert!(!self.panics, "dropped");
    }
}

const PANICKING: Restless = Restless { pool: None, panics: true };

async fn take_restless(pool: &MemoryPool, id: &str) -> Lease<Restless> {
    pool.get_or_create(id).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn memories_are_dropped_outside_the_lock() {
    let pool = pool(2);
    let handle = Arc::new(pool.clone());
    let restless = || Restless { pool: Some(handle.clone()), panics: false };
    for session in ["a", "b", "c"] {
        pool.get_or_create(session).await.unwrap().commit_here(restless()).unwrap();
    }
    pool.get_or_create("c").await.unwrap().commit_here(restless()).unwrap();
    assert!(pool.remove_here(&"b".try_into().unwrap()));
    advance(seconds(101)).await;
    assert_eq!(pool.clean_expired(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_memory_that_panics_when_dropped_does_not_harm_others() {
    let pool = pool(1);
    take_restless(&pool, "a").await.commit_here(PANICKING).unwrap();
    // Evicts it.
    store(&pool, "b", blob(1)).await;
    assert_eq!(present(&pool, &["a", "b"]), ["b"]);
}

#[tokio::test(start_paused = true)]
async fn a_panic_of_the_old_memory_does_not_undo_the_answer_of_a_commit() {
    let pool = pool(1);
    take_restless(&pool, "a").await.commit_here(PANICKING).unwrap();
    take_restless(&pool, "a").await.commit_here(Restless::default()).unwrap();
    assert!(!take_restless(&pool, "a").await.stored().unwrap().panics);

    // A new memory that goes with the last handle of its pool.
    let last = take_restless(&pool, "a").await;
    drop(pool);
    last.commit_here(PANICKING).unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_lease_that_has_the_last_handle_of_a_memory_contains_its_panic() {
    let pool = pool(1);
    for commits in [true, false] {
        take_restless(&pool, "a").await.commit_here(PANICKING).unwrap();
        let lease = take_restless(&pool, "a").await;
        assert!(pool.remove_here(&"a".try_into().unwrap()));
        if commits {
            assert_eq!(lease.commit_here(PANICKING), Err(SessionError::Removed));
        } else {
            drop(lease);
        }
        assert_eq!(pool.size(), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn several_memories_that_panic_are_dropped_at_once() {
    let pool = pool(3);
    for session in ["a", "b", "c"] {
        take_restless(&pool, session).await.commit_here(PANICKING).unwrap();
    }
    advance(seconds(101)).await;
    assert_eq!(pool.clean_expired(), 3);
}
