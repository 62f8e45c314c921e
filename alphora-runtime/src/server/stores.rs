//! Opens the store that the configuration names.

use std::sync::Arc;
use std::time::Duration;

use crate::config::ServerConfig;
use crate::error::{Error, ErrorKind, Result};
use crate::panic::contained;
use crate::session::store::{SessionStore, StoreError, within};

/// The store that the configuration names, if it names one. It is not reached yet.
pub(super) fn open(server: &ServerConfig) -> Result<Option<Arc<dyn SessionStore>>> {
    #[cfg(feature = "redb")]
    if let Some(directory) = &server.data_dir {
        return Ok(Some(Arc::new(crate::session::store::EmbeddedStore::open(
            directory,
            server.session_limits,
        )?)));
    }
    let Some(url) = &server.session_store else { return Ok(None) };
    match url.scheme() {
        #[cfg(feature = "postgres")]
        "postgres" | "postgresql" => {
            let store = crate::session::store::PostgresStore::open(url.expose(), server.session_limits)?;
            Ok(Some(Arc::new(store)))
        }
        #[cfg(feature = "redis")]
        _ => {
            let store = crate::session::store::RedisStore::open(url.expose(), server.session_limits)?;
            Ok(Some(Arc::new(store)))
        }
        #[cfg(not(feature = "redis"))]
        scheme => Err(Error::new(ErrorKind::Validation, format!("no store of this build is a `{scheme}`"))),
    }
}

/// As [`open`], without making what is not there or taking what another process has: a directory is only looked at.
pub(super) fn look(server: &ServerConfig) -> Result<Option<Arc<dyn SessionStore>>> {
    #[cfg(feature = "redb")]
    if let Some(directory) = &server.data_dir {
        return super::directory::check(directory).map(|()| None);
    }
    open(server)
}

/// How long a sweep may take, and the look at the start: more than stores of ours take, which may have to bring a
/// schema up to date before they answer.
const PATIENCE: Duration = Duration::from_secs(60);

/// Looks whether the store can be used, before the server serves.
pub(super) async fn check(store: &dyn SessionStore) -> Result {
    let checked = contained(within(PATIENCE, "it", async { store.check().await })).await;
    checked.unwrap_or_else(|panic| Err(StoreError::unavailable(panic))).map_err(|error| {
        let message = format!("the session store cannot be used: {}", reason(&error));
        Error::new(ErrorKind::Session, message).with_source(error)
    })
}

pub(super) fn reason(error: &StoreError) -> String {
    match error {
        StoreError::Unavailable { reason, .. } | StoreError::Corrupt { reason } => reason.clone(),
        other => other.to_string(),
    }
}

/// A sweep that has removed so many may have left some: each does a bounded amount of work.
const BACKLOG: u64 = 10;

/// The next sweep comes so soon then, so that a store in which more expires than one sweep removes does not grow.
const SOON: Duration = Duration::from_secs(1);

/// Sweeps a store every `interval`, and sooner as long as there is much to remove.
pub(super) async fn sweep_every(store: Arc<dyn SessionStore>, interval: Duration) {
    let mut pause = interval;
    loop {
        tokio::time::sleep(pause).await;
        pause = interval;
        match contained(within(PATIENCE, "it", async { store.sweep().await })).await {
            Ok(Ok(0)) => {}
            Ok(Ok(removed)) => {
                tracing::debug!(removed, "sessions were removed from the store");
                if removed >= BACKLOG {
                    pause = SOON.min(interval);
                }
            }
            Ok(Err(error)) => tracing::warn!(%error, "the session store was not swept"),
            Err(panic) => tracing::error!(panic, "the session store has panicked while it was swept"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering;

    use tokio::time::{Instant, timeout};

    use super::*;
    use crate::session::SessionKey;
    use crate::session::store::{Begun, Change, Claim, Commit, InMemoryStore, Silent, StoreLimits};

    #[tokio::test(start_paused = true)]
    async fn sweeps_go_on_after_one_that_panicked_and_one_that_did_not_end() {
        let store = Arc::new(Silent::default());
        let sweeping = sweep_every(store.clone(), Duration::from_secs(10));
        // The first begins after 10 s and panics, the second after 20 s and is given up after 80 s.
        assert!(timeout(Duration::from_secs(89), sweeping).await.is_err());
        assert_eq!(store.sweeps.load(Ordering::Relaxed), 2);
        let sweeping = sweep_every(store.clone(), Duration::from_secs(10));
        assert!(timeout(Duration::from_secs(81), sweeping).await.is_err());
        assert_eq!(store.sweeps.load(Ordering::Relaxed), 4);
    }

    #[tokio::test(start_paused = true)]
    async fn sweeps_follow_each_other_while_there_is_much_to_remove() {
        const SESSIONS: u64 = 5_000;
        let store = Arc::new(InMemoryStore::new(StoreLimits::default()));
        for id in 0..SESSIONS {
            let key = SessionKey::try_from(format!("s{id}")).unwrap();
            let (lease, ttl) = (Duration::from_secs(15), Duration::from_secs(60));
            let claim = Claim { turn: id.into(), lease, ttl, known: None, named: true };
            let Begun::Granted { lease, .. } = store.begin(&key, &claim).await.unwrap() else { panic!() };
            let change = Change::Replace { format: 1, snapshot: "{}".into() };
            store.commit(&key, &lease, &Commit { change, ttl }).await.unwrap();
        }
        let left = async || store.statistics().await.unwrap().sessions;
        let sweeping = sweep_every(store.clone(), Duration::from_secs(600));
        let mut sweeping = std::pin::pin!(sweeping);
        assert!(timeout(Duration::from_millis(600_500), &mut sweeping).await.is_err());
        assert!((1..SESSIONS).contains(&left().await), "one does not remove all: {}", left().await);
        assert!(timeout(Duration::from_secs(20), sweeping).await.is_err());
        assert_eq!(left().await, 0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_does_not_wait_for_a_silent_store_for_ever() {
        let begun = Instant::now();
        let error = check(&Silent::default()).await.unwrap_err().to_string();
        assert_eq!(begun.elapsed().as_secs(), 60);
        assert!(error.contains("cannot be used") && error.contains("within 60s"), "{error}");
    }
}
