//! The store: each of its operations is the call of one function.

use std::fmt;
use std::sync::Arc;

use super::connections::Connections;
use super::function::{self, column};
use super::limits::PostgresLimitStore;
use super::names;
use super::options::Options;
use super::rows::{record, summary};
use super::runs::PostgresRunLog;
use super::sweep::Batches;
use super::turns::{INTERRUPT, ROLLBACK};
use crate::error::Error;
use crate::session::store::{
    Begun, Claim, Commit, Committed, LimitStore, OperationLatency, Page, PageRequest, Preemption, RunLog,
    SessionStore, StoreError, StoreFuture, StoreLease, StoreLimits, StoreStatistics, StoredSession,
};
use crate::session::{Owner, SessionId, SessionKey};

/// How many sessions are listed at once at most.
const PAGE: i64 = 1_000;

/// Sessions in a PostgreSQL database, version 13 or later, which any number of processes share.
///
/// Everything stands in one schema, which is created and brought up to date when it is first needed. What is committed
/// is as durable as the server makes it: with `synchronous_commit = on`, its default, it is on the disk when
/// [`commit`](SessionStore::commit) returns. Rows are isolated by agent and owner by row-level security as well, which
/// holds for every role that is no superuser.
///
/// A call of the server takes at most about five seconds, whatever happens to it; [`StoreError::Unavailable`] says what
/// did. Most operations are one call. [`sweep`](SessionStore::sweep) makes several: it goes on for two seconds, and where
/// the database does not remove a batch in time for up to about 42, with smaller ones, down to one session a statement;
/// [`check`](SessionStore::check) looks at the schema before its call. Looking at the schema, which also the first
/// operation of a process does, takes up to 40 seconds where it must be brought up to date.
#[derive(Clone)]
pub struct PostgresStore {
    pub(super) connections: Arc<Connections>,
    pub(super) limits: StoreLimits,
    pub(super) batches: Arc<Batches>,
}

impl PostgresStore {
    /// A store in the database that the URL names. Nothing is connected yet.
    ///
    /// The URL is PostgreSQL's own, `postgres://user:password@host:5432/database`, also with several hosts, of which
    /// the one that can be written to is used. Besides PostgreSQL's parameters it may have:
    ///
    /// - `pool_size`: the most connections that this process makes. Default 16.
    /// - `schema`: the schema's name. Default `alphora`.
    /// - `pgbouncer=true`: there is a PgBouncer in transaction mode in between. Statements are then not prepared, and
    ///   the limits of time (`statement_timeout` of 3 s and others) are the role's or PgBouncer's to set.
    ///
    /// TLS is not supported: `sslmode=require` is refused.
    ///
    /// ```
    /// use alphora_runtime::session::store::{PostgresStore, StoreLimits};
    ///
    /// let url = "postgres://agent:secret@127.0.0.1:5432/sessions?pool_size=8";
    /// let store = PostgresStore::open(url, StoreLimits::default())?;
    /// assert!(!format!("{store:?}").contains("secret"));
    /// # Ok::<(), alphora_runtime::Error>(())
    /// ```
    ///
    /// # Errors
    /// The URL cannot be read. The words never repeat a part of it.
    pub fn open(url: &str, limits: StoreLimits) -> Result<Self, Error> {
        let connections = Connections::new(Options::parse(url)?)?;
        Ok(Self { connections: Arc::new(connections), limits, batches: Arc::default() })
    }

    async fn read_session(&self, key: &SessionKey) -> Result<Option<StoredSession>, StoreError> {
        let (agent, owner) = (names::agent(key.agent()), names::owner(key.owner()));
        let rows =
            self.connections.call(&function::READ_SESSION, &[&agent, &owner, &key.id().as_str()]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let number = |name| column::<i64>(row, name).map(names::unsigned);
        let summary = summary(row)?;
        let record = record(row, summary.version, number("stamp")?, number("format")?, "pieces")?;
        Ok(Some(StoredSession { summary, record }))
    }

    async fn list_page(&self, agent: &str, owner: &Owner, page: &PageRequest) -> Result<Page, StoreError> {
        let (agent, owner) = (names::agent(agent), names::owner(owner));
        let after = page.after.as_ref().map_or("", SessionId::as_str);
        let limit = i64::try_from(page.limit).unwrap_or(PAGE).clamp(1, PAGE);
        let rows =
            self.connections.call(&function::LIST_SESSIONS, &[&agent, &owner, &after, &(limit + 1)]).await?;
        let mut sessions = rows.iter().map(summary).collect::<Result<Vec<_>, _>>()?;
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = sessions.len() > limit;
        sessions.truncate(limit);
        Ok(Page { sessions, more })
    }
}

impl SessionStore for PostgresStore {
    fn begin<'a>(&'a self, key: &'a SessionKey, claim: &'a Claim) -> StoreFuture<'a, Begun> {
        Box::pin(self.begin_turn(key, claim))
    }

    fn renew<'a>(
        &'a self,
        key: &'a SessionKey,
        lease: &'a StoreLease,
    ) -> StoreFuture<'a, Option<Preemption>> {
        Box::pin(self.renew_turn(key, lease))
    }

    fn commit<'a>(
        &'a self,
        key: &'a SessionKey,
        lease: &'a StoreLease,
        commit: &'a Commit,
    ) -> StoreFuture<'a, Committed> {
        Box::pin(self.commit_turn(key, lease, commit))
    }

    fn release<'a>(&'a self, key: &'a SessionKey, lease: &'a StoreLease) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            let (agent, owner) = (names::agent(key.agent()), names::owner(key.owner()));
            let (turn, fence) = (lease.turn.to_be_bytes(), names::signed(lease.fence));
            self.connections
                .call(
                    &function::RELEASE_TURN,
                    &[&agent, &owner, &key.id().as_str(), &turn.as_slice(), &fence],
                )
                .await
                .map(drop)
        })
    }

    fn preempt<'a>(&'a self, key: &'a SessionKey, preemption: Preemption) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            let (agent, owner) = (names::agent(key.agent()), names::owner(key.owner()));
            let preemption = match preemption {
                Preemption::Interrupt => INTERRUPT,
                Preemption::Rollback => ROLLBACK,
            };
            self.connections
                .call(&function::PREEMPT_TURN, &[&agent, &owner, &key.id().as_str(), &preemption])
                .await
                .map(drop)
        })
    }

    fn read<'a>(&'a self, key: &'a SessionKey) -> StoreFuture<'a, Option<StoredSession>> {
        Box::pin(self.read_session(key))
    }

    fn delete<'a>(&'a self, key: &'a SessionKey) -> StoreFuture<'a, bool> {
        Box::pin(async move {
            let (agent, owner) = (names::agent(key.agent()), names::owner(key.owner()));
            let row = self
                .connections
                .call_for_one(&function::DELETE_SESSION, &[&agent, &owner, &key.id().as_str()])
                .await?;
            column(&row, "existed")
        })
    }

    fn list<'a>(&'a self, agent: &'a str, owner: &'a Owner, page: &'a PageRequest) -> StoreFuture<'a, Page> {
        Box::pin(self.list_page(agent, owner, page))
    }

    /// What the sweeper has added up, and what was committed since, to within the first 100,000 changes.
    fn statistics(&self) -> StoreFuture<'_, StoreStatistics> {
        Box::pin(async {
            let row = self.connections.call_for_one(&function::STATISTICS, &[]).await?;
            let number = |name| column(&row, name).map(names::unsigned);
            Ok(StoreStatistics { sessions: number("sessions")?, bytes: number("bytes")? })
        })
    }

    fn sweep(&self) -> StoreFuture<'_, u64> {
        Box::pin(self.sweep_batches())
    }

    fn check(&self) -> StoreFuture<'_, ()> {
        Box::pin(async {
            self.connections.check_schema().await?;
            self.connections.call(&function::CHECK, &[]).await.map(drop)
        })
    }

    fn run_log(&self) -> Option<Arc<dyn RunLog>> {
        Some(Arc::new(PostgresRunLog::new(Arc::clone(&self.connections))))
    }

    fn limits(&self) -> Option<Arc<dyn LimitStore>> {
        Some(Arc::new(PostgresLimitStore::new(Arc::clone(&self.connections))))
    }

    fn latency(&self) -> Vec<OperationLatency> {
        // The wait for a connection is included.
        self.connections.latencies.snapshot()
    }

    fn close(&self) -> StoreFuture<'_, ()> {
        self.connections.close();
        Box::pin(async { Ok(()) })
    }
}

/// Where the server is and how many connections there are; no credentials.
impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStore")
            .field("connections", &self.connections)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}
