//! A store behind a pool that does not answer is given up.

use std::sync::Arc;

use tokio::time::Instant;
use tokio_util::task::TaskTracker;

use super::super::backing::renew;
use super::*;
use crate::session::store::{PageRequest, Silent, StoreLease};
use crate::session::{Backing, Owner, SessionError, SessionId, SessionKey};

fn key() -> SessionKey {
    SessionKey::new("Support", Owner::anonymous(), SessionId::parse("a").unwrap())
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_for_a_silent_store_for_ever() {
    let pool = pool(10);
    let (store, tasks) = (Arc::new(Silent::default()), TaskTracker::new());
    pool.back(Backing { store, lease: Duration::from_secs(30), tasks });
    let (owner, page) = (Owner::anonymous(), PageRequest { after: None, limit: 10 });
    let begun = Instant::now();
    let listed = pool.list("Support", &owner, &page).await.map(drop);
    assert_eq!(begun.elapsed(), Duration::from_secs(10));
    let read = pool.read(&key()).await.map(drop);
    assert_eq!(begun.elapsed(), Duration::from_secs(20));
    let removed = pool.remove(&key()).await.map(drop);
    assert_eq!(begun.elapsed(), Duration::from_secs(30));
    for answer in [listed, read, removed] {
        assert!(matches!(answer, Err(SessionError::Unavailable { .. })), "{answer:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_renewal_that_is_not_answered_does_not_keep_the_next_one() {
    let lease = StoreLease { turn: 1, fence: 1, version: 0, duration: Duration::from_secs(10) };
    let begun = Instant::now();
    // The first is given up after 6 s, when others are due; what the next one is answered ends it.
    renew(Arc::new(Silent::default()), key(), lease, None).await;
    assert_eq!(begun.elapsed(), Duration::from_secs(2 + 6));
}
