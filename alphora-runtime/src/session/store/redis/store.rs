//! The store: what the contract asks for, each in its own file.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use redis::Value;

use super::connection::{Answer, Connection};
use super::failure::Failure;
use super::keys::{Keys, Place};
use super::limits::RedisLimitStore;
use super::run_log::RedisRunLog;
use super::script::{ClaimScripts, LimitScripts, RunScripts, Script, SessionScripts};
use super::timing::SLOW;
use super::url;
use crate::error::Error;
use crate::session::store::latency::Latencies;
use crate::session::store::{
    Begun, Claim, Commit, Committed, LimitStore, Operation, OperationLatency, Page, PageRequest, Preemption,
    RunLog, SessionStore, StoreError, StoreFuture, StoreLease, StoreLimits, StoreStatistics, StoredSession,
};
use crate::session::{Owner, SessionKey};

/// Sessions in Redis or Valkey, from version 6.2 of the former, shared by any number of processes.
///
/// A commit is there for all processes once it has returned. What a server that dies has not yet written to its disk
/// or sent to its replicas is lost with it: with `appendonly yes` and `appendfsync always` nothing; with `everysec` up
/// to two seconds where a machine loses its power, and the last commits also where the process is killed while the disk
/// is busy. A replica that takes over may lack the last commits; turns are never mixed, because a lease from before is
/// refused. The server's `min-replicas-to-write` bounds how much that can be.
///
/// The server's policy for a full memory has to be `noeviction`, which refuses turns and loses none: `check` refuses
/// one that drops any key, and warns of one that drops keys with a time to live, which all sessions have. Beside its
/// record, a session takes about 1.3 KB of the server's memory.
///
/// Every question has its answer within 2 s, also where the server is down or stands still. Most operations are one
/// question. [`list`](SessionStore::list), [`sweep`](SessionStore::sweep) and [`check`](SessionStore::check) ask
/// several, one after the other, and end with the first that is not answered. What a sweep of a slow server has not
/// removed after 3 s is left to the next one.
#[derive(Clone)]
pub struct RedisStore(pub(super) Arc<Shared>);

/// What the store and its run log share.
pub(super) struct Shared {
    pub(super) connection: Connection,
    pub(super) keys: Keys,
    pub(super) sessions: SessionScripts,
    pub(super) runs: RunScripts,
    pub(super) claims: ClaimScripts,
    pub(super) limit_scripts: LimitScripts,
    pub(super) limits: StoreLimits,
    /// Whether the server was found to be one that can be used.
    pub(super) is_inspected: AtomicBool,
    latency: Latencies,
}

impl Shared {
    /// Notes how long an operation takes, and tells of one that was slow.
    pub(super) async fn measure<T>(
        &self,
        operation: Operation,
        work: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let begun = Instant::now();
        let result = self.latency.measure(operation, work).await;
        let took = begun.elapsed();
        if took >= SLOW {
            let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
            tracing::debug!(operation = operation.name(), milliseconds, "redis was slow");
        }
        result
    }
}

impl RedisStore {
    /// A store at the server or servers of a URL:
    ///
    /// - `redis://user:password@host:6379/0`, one server;
    /// - `redis+sentinel://user:password@host:26379,host:26379/service/0`, the primary that these sentinels name; their
    ///   own credentials are the options `sentinel_username` and `sentinel_password`;
    /// - `redis+cluster://user:password@host:6379,host:6379`, a cluster with these nodes among others;
    /// - `redis+unix:///path/to/socket?db=0&user=..&pass=..`, one server on this machine.
    ///
    /// `valkey` can be written for `redis`. What has other characters than a URL may is written as in any URL, `%40`
    /// for `@`. The option `prefix` is what all keys begin with, so that two installations can share a server;
    /// default `alphora`.
    ///
    /// Connects when it is first used: what a server says against it is said by `check`.
    ///
    /// ```
    /// use alphora_runtime::session::store::{RedisStore, StoreLimits};
    ///
    /// let store = RedisStore::open("redis://:secret@127.0.0.1:6379/0?prefix=shop", StoreLimits::default())?;
    /// assert!(!format!("{store:?}").contains("secret"));
    /// # Ok::<(), alphora_runtime::Error>(())
    /// ```
    ///
    /// # Errors
    /// The URL is none of these, or asks for TLS, which is not spoken yet.
    pub fn open(url: &str, limits: StoreLimits) -> Result<Self, Error> {
        let parsed = url::parse(url)?;
        Ok(Self(Arc::new(Shared {
            connection: Connection::new(parsed.target),
            keys: Keys::new(&parsed.prefix),
            sessions: SessionScripts::new(),
            runs: RunScripts::new(),
            claims: ClaimScripts::new(),
            limit_scripts: LimitScripts::new(),
            limits,
            is_inspected: AtomicBool::new(false),
            latency: Latencies::default(),
        })))
    }

    /// Runs a script on one session.
    pub(super) async fn run(
        &self,
        script: &Script,
        place: &Place<'_>,
        arguments: &[&[u8]],
    ) -> Result<Value, Failure> {
        Ok(self.run_once_or_more(script, place, arguments).await?.value)
    }

    /// [`run`](Self::run), for whom it matters that a script may have been run before.
    pub(super) async fn run_once_or_more(
        &self,
        script: &Script,
        place: &Place<'_>,
        arguments: &[&[u8]],
    ) -> Result<Answer, Failure> {
        let mut keys: Vec<&str> = place.lists.iter().map(String::as_str).collect();
        keys.push(&place.session);
        let mut all: Vec<&[u8]> = vec![place.member.as_bytes()];
        all.extend_from_slice(arguments);
        self.0.connection.run(script, &keys, &all).await
    }

    /// Runs a script on one bucket.
    pub(super) async fn run_on_bucket(
        &self,
        script: &Script,
        lists: &[String],
        arguments: &[&[u8]],
    ) -> Result<Value, Failure> {
        let keys: Vec<&str> = lists.iter().map(String::as_str).collect();
        Ok(self.0.connection.run(script, &keys, arguments).await?.value)
    }
}

/// Where it is and what its limits are, without credentials.
impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStore")
            .field("target", self.0.connection.target())
            .field("limits", &self.0.limits)
            .finish_non_exhaustive()
    }
}

impl SessionStore for RedisStore {
    fn begin<'a>(&'a self, key: &'a SessionKey, claim: &'a Claim) -> StoreFuture<'a, Begun> {
        Box::pin(self.0.measure(Operation::Begin, self.begin_turn(key, claim)))
    }

    fn renew<'a>(
        &'a self,
        key: &'a SessionKey,
        lease: &'a StoreLease,
    ) -> StoreFuture<'a, Option<Preemption>> {
        Box::pin(self.0.measure(Operation::Renew, self.renew_lease(key, lease)))
    }

    fn commit<'a>(
        &'a self,
        key: &'a SessionKey,
        lease: &'a StoreLease,
        commit: &'a Commit,
    ) -> StoreFuture<'a, Committed> {
        Box::pin(self.0.measure(Operation::Commit, self.commit_turn(key, lease, commit)))
    }

    fn release<'a>(&'a self, key: &'a SessionKey, lease: &'a StoreLease) -> StoreFuture<'a, ()> {
        Box::pin(self.0.measure(Operation::Release, self.release_lease(key, lease)))
    }

    fn preempt<'a>(&'a self, key: &'a SessionKey, preemption: Preemption) -> StoreFuture<'a, ()> {
        Box::pin(self.0.measure(Operation::Preempt, self.preempt_turn(key, preemption)))
    }

    fn read<'a>(&'a self, key: &'a SessionKey) -> StoreFuture<'a, Option<StoredSession>> {
        Box::pin(self.0.measure(Operation::Read, self.read_session(key)))
    }

    fn delete<'a>(&'a self, key: &'a SessionKey) -> StoreFuture<'a, bool> {
        Box::pin(self.0.measure(Operation::Delete, self.delete_session(key)))
    }

    fn list<'a>(&'a self, agent: &'a str, owner: &'a Owner, page: &'a PageRequest) -> StoreFuture<'a, Page> {
        Box::pin(self.0.measure(Operation::List, self.list_sessions(agent, owner, page)))
    }

    fn statistics(&self) -> StoreFuture<'_, StoreStatistics> {
        Box::pin(self.0.measure(Operation::Statistics, self.count_sessions()))
    }

    fn sweep(&self) -> StoreFuture<'_, u64> {
        Box::pin(self.0.measure(Operation::Sweep, self.sweep_sessions()))
    }

    fn check(&self) -> StoreFuture<'_, ()> {
        Box::pin(self.0.measure(Operation::Check, self.check_server()))
    }

    fn run_log(&self) -> Option<Arc<dyn RunLog>> {
        Some(Arc::new(RedisRunLog::new(self.0.clone())))
    }

    fn limits(&self) -> Option<Arc<dyn LimitStore>> {
        Some(Arc::new(RedisLimitStore::new(self.0.clone())))
    }

    fn latency(&self) -> Vec<OperationLatency> {
        // Of what was asked of this handle and its clones.
        self.0.latency.snapshot()
    }

    fn close(&self) -> StoreFuture<'_, ()> {
        Box::pin(async {
            self.0.connection.close();
            Ok(())
        })
    }
}
