//! The store in its file: the contract, reopening, failures.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::EmbeddedStore;
use crate::session::SessionKey;
use crate::session::store::{Begun, Change, Claim, Commit, SessionStore, StoreLease, StoreLimits};

mod contract;
mod disk;
mod failures;
mod group;
mod opening;
mod parts;
mod property;
mod restart;
mod sweeping;

/// A directory that is removed in the end.
struct Directory(PathBuf);

impl Directory {
    fn new() -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        Self(std::env::temp_dir().join(format!("alphora-embedded-{}-{number}", std::process::id())))
    }

    fn file(&self) -> PathBuf {
        self.0.join("sessions.redb")
    }

    fn open(&self) -> Arc<EmbeddedStore> {
        open(&self.0)
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn open(directory: &Path) -> Arc<EmbeddedStore> {
    Arc::new(EmbeddedStore::open(directory, StoreLimits::default()).unwrap())
}

fn key(id: &str) -> SessionKey {
    SessionKey::try_from(id).unwrap()
}

fn claim(turn: u128) -> Claim {
    let (lease, ttl) = (Duration::from_secs(15), Duration::from_secs(3600));
    Claim { turn, lease, ttl, known: None, named: true }
}

fn replace(text: &str) -> Commit {
    let change = Change::Replace { format: 1, snapshot: text.to_owned().into() };
    Commit { change, ttl: Duration::from_secs(3600) }
}

fn append(text: &str) -> Commit {
    Commit { change: Change::Append { piece: text.to_owned().into() }, ttl: Duration::from_secs(3600) }
}

async fn lend(store: &EmbeddedStore, id: &str, turn: u128) -> StoreLease {
    match store.begin(&key(id), &claim(turn)).await.unwrap() {
        Begun::Granted { lease, .. } => lease,
        other => panic!("{other:?}"),
    }
}

/// One whole turn; the version that it has made.
async fn turn(store: &EmbeddedStore, id: &str, number: u128, commit: Commit) -> u64 {
    let lease = lend(store, id, number).await;
    store.commit(&key(id), &lease, &commit).await.unwrap().version
}
