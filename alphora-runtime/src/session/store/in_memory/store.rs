//! The store itself: one lock around all sessions.

use std::fmt;
use std::sync::Arc;

use tokio::time::Instant;

use super::sessions::Sessions;
use super::{InMemoryLimitStore, InMemoryRunLog};
use crate::session::store::{
    Begun, Claim, Commit, Committed, LimitStore, Page, PageRequest, Preemption, RunLog, SessionStore,
    StoreError, StoreFuture, StoreLease, StoreLimits, StoreStatistics, StoredSession,
};
use crate::session::{Owner, SessionKey};
use crate::sync::{Mutex, PoisonError};

/// How many leases that have expired each call looks after.
const LEASES: usize = 16;

/// How many sessions one sweep removes at most.
const SWEPT: usize = 1_024;

/// Sessions in memory, as bytes.
///
/// A server needs none of this: without a store, its sessions are in memory anyway, and are not even encoded. It is
/// for tests, where several servers that share one of these in an `Arc` behave like replicas that share a database,
/// and a clock that Tokio has paused is the clock of its leases and times to live.
///
/// Its limits hold at every commit: what goes to make room are expired sessions, then ones that no client has named,
/// then those used least recently, never one in use. A session that no client has named takes the place of such ones
/// only. Without enough that can go, nothing goes, and there is [`StoreError::Capacity`]. No session may take more
/// than all of them, or all of its owner, may take together.
///
/// No call costs more with more sessions, but for the logarithm.
///
/// ```
/// use std::time::Duration;
///
/// use alphora_runtime::session::SessionKey;
/// use alphora_runtime::session::store::{
///     Begun, Change, Claim, Commit, InMemoryStore, SessionStore, StoreLimits,
/// };
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let store = InMemoryStore::new(StoreLimits::default());
/// let key = SessionKey::try_from("user-001")?;
/// let hour = Duration::from_secs(3600);
/// let claim = Claim { turn: 1, lease: Duration::from_secs(15), ttl: hour, known: None, named: true };
/// let Begun::Granted { lease, .. } = store.begin(&key, &claim).await? else { return Ok(()) };
/// let change = Change::Replace { format: 1, snapshot: "[]".into() };
/// assert_eq!(store.commit(&key, &lease, &Commit { change, ttl: hour }).await?.version, 1);
/// assert_eq!(store.statistics().await?.bytes, 2);
/// # Ok(()) }
/// ```
pub struct InMemoryStore {
    sessions: Mutex<Sessions>,
    runs: Arc<InMemoryRunLog>,
    limits: Arc<InMemoryLimitStore>,
}

impl InMemoryStore {
    /// An empty store.
    pub fn new(limits: StoreLimits) -> Self {
        Self { sessions: Mutex::new(Sessions::new(limits)), runs: Arc::default(), limits: Arc::default() }
    }

    /// Does something under the lock, with the time at which it is done.
    fn locked<T>(&self, action: impl FnOnce(&mut Sessions, Instant) -> T) -> T {
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        sessions.end_leases(LEASES, now);
        action(&mut sessions, now)
    }
}

impl Default for InMemoryStore {
    /// An empty store with the default limits.
    fn default() -> Self {
        Self::new(StoreLimits::default())
    }
}

impl SessionStore for InMemoryStore {
    fn begin<'a>(&'a self, key: &'a SessionKey, claim: &'a Claim) -> StoreFuture<'a, Begun> {
        Box::pin(async move { Ok(self.locked(|sessions, now| sessions.begin(key, claim, now))) })
    }

    fn renew<'a>(
        &'a self,
        key: &'a SessionKey,
        lease: &'a StoreLease,
    ) -> StoreFuture<'a, Option<Preemption>> {
        Box::pin(async move { self.locked(|sessions, now| sessions.renew(key, lease, now)) })
    }

    fn commit<'a>(
        &'a self,
        key: &'a SessionKey,
        lease: &'a StoreLease,
        commit: &'a Commit,
    ) -> StoreFuture<'a, Committed> {
        Box::pin(async move { self.locked(|sessions, now| sessions.commit(key, lease, commit, now)) })
    }

    fn release<'a>(&'a self, key: &'a SessionKey, lease: &'a StoreLease) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            self.locked(|sessions, now| sessions.release(key, lease, now));
            Ok(())
        })
    }

    fn preempt<'a>(&'a self, key: &'a SessionKey, preemption: Preemption) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            self.locked(|sessions, now| sessions.preempt(key, preemption, now));
            Ok(())
        })
    }

    fn read<'a>(&'a self, key: &'a SessionKey) -> StoreFuture<'a, Option<StoredSession>> {
        Box::pin(async move { Ok(self.locked(|sessions, now| sessions.read(key, now))) })
    }

    fn delete<'a>(&'a self, key: &'a SessionKey) -> StoreFuture<'a, bool> {
        Box::pin(async move { Ok(self.locked(|sessions, now| sessions.delete(key, now))) })
    }

    fn list<'a>(&'a self, agent: &'a str, owner: &'a Owner, page: &'a PageRequest) -> StoreFuture<'a, Page> {
        Box::pin(async move { Ok(self.locked(|sessions, now| sessions.list(agent, owner, page, now))) })
    }

    fn statistics(&self) -> StoreFuture<'_, StoreStatistics> {
        Box::pin(async move { Ok(self.locked(|sessions, _| sessions.statistics())) })
    }

    fn sweep(&self) -> StoreFuture<'_, u64> {
        Box::pin(async move {
            Ok(self.locked(|sessions, now| {
                sessions.end_leases(SWEPT, now);
                sessions.remove_expired(SWEPT, now) as u64
            }))
        })
    }

    fn check(&self) -> StoreFuture<'_, ()> {
        Box::pin(async { Ok::<(), StoreError>(()) })
    }

    fn run_log(&self) -> Option<Arc<dyn RunLog>> {
        Some(Arc::clone(&self.runs) as Arc<dyn RunLog>)
    }

    fn limits(&self) -> Option<Arc<dyn LimitStore>> {
        Some(Arc::clone(&self.limits) as Arc<dyn LimitStore>)
    }
}

impl fmt::Debug for InMemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InMemoryStore").finish_non_exhaustive()
    }
}
