//! What every store promises.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use super::{
    Begun, Claim, Commit, Committed, LimitStore, OperationLatency, Page, PageRequest, Preemption, RunLog,
    StoreError, StoreLease, StoreStatistics, StoredSession,
};
use crate::session::{Owner, SessionKey};

/// What a store will have done. Boxed, so that the store can be chosen by the configuration: a box is nothing beside
/// a round trip or a write to a disk.
pub type StoreFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// Keeps sessions for one process or many.
///
/// What every implementation promises, and what the conformance suite checks:
///
/// - **One writer.** At any time at most one lease of a session can be committed: the one that was granted last.
/// - **Fences grow.** Each lease that is granted has a fence that is higher than that of every earlier lease of the
///   same session, those of a session that was deleted or has expired since included.
/// - **All or nothing.** A commit that has returned is there for every later [`begin`](Self::begin) and
///   [`read`](Self::read), also after the process was killed (for a durable store); one that has failed has changed
///   nothing, unless the answer was lost: then it can be sent again and is told that it had been done.
/// - **In use is in use.** A session whose lease has not expired is neither expired nor evicted.
/// - **Another's is none.** A session of another agent or another owner is one that does not exist.
/// - Dropping a future at any point leaves the store whole; what it was about to do may or may not be done.
///
/// No method waits for a lease: who finds a session in use is told for how long, and asks again.
pub trait SessionStore: Send + Sync + fmt::Debug + 'static {
    /// Lends the session of `key` to a turn. One that is not there, or has expired, begins anew: nothing of it can be
    /// read, listed or counted before its first commit, and it vanishes with its lease.
    ///
    /// A turn that has the lease already is granted another one, with a new fence. One that has been committed is told
    /// so by [`Begun::Replayed`].
    ///
    /// # Errors
    /// [`StoreError::Capacity`], [`StoreError::Unavailable`], [`StoreError::Corrupt`].
    fn begin<'a>(&'a self, key: &'a SessionKey, claim: &'a Claim) -> StoreFuture<'a, Begun>;

    /// Extends a lease by its own duration from now, and says whether somebody wants the turn to end.
    ///
    /// A lease that has expired and that nobody has taken since is extended as well.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] or [`StoreError::Removed`]: the turn can no longer be committed.
    /// [`StoreError::Unavailable`]: nobody knows.
    fn renew<'a>(&'a self, key: &'a SessionKey, lease: &'a StoreLease)
    -> StoreFuture<'a, Option<Preemption>>;

    /// Makes a turn's change and ends its lease.
    ///
    /// A turn that is committed a second time, because the answer to the first was lost, changes nothing and is told
    /// the version that it has made.
    ///
    /// # Errors
    /// [`StoreError::Fenced`], [`StoreError::Removed`], [`StoreError::TooLarge`], [`StoreError::Capacity`]: nothing
    /// was changed. [`StoreError::Unavailable`]: nobody knows; commit again.
    fn commit<'a>(
        &'a self,
        key: &'a SessionKey,
        lease: &'a StoreLease,
        commit: &'a Commit,
    ) -> StoreFuture<'a, Committed>;

    /// Ends a lease and leaves the session as it was. A lease that is no longer the session's is nobody's concern:
    /// that is no error.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: the lease ends by itself, when it expires.
    fn release<'a>(&'a self, key: &'a SessionKey, lease: &'a StoreLease) -> StoreFuture<'a, ()>;

    /// Notes that the turn that has the session is to end; its holder hears of it when it renews its lease. Nothing
    /// happens if no turn has it.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    fn preempt<'a>(&'a self, key: &'a SessionKey, preemption: Preemption) -> StoreFuture<'a, ()>;

    /// The session as it was last committed, in use or not, without touching its time to live.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Corrupt`].
    fn read<'a>(&'a self, key: &'a SessionKey) -> StoreFuture<'a, Option<StoredSession>>;

    /// Removes a session, and says whether there was one that had been committed. A turn that has it goes on and
    /// cannot commit; what begins afterwards begins anew, at once.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    fn delete<'a>(&'a self, key: &'a SessionKey) -> StoreFuture<'a, bool>;

    /// The sessions of one owner with one agent, in the order of their ids.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    fn list<'a>(&'a self, agent: &'a str, owner: &'a Owner, page: &'a PageRequest) -> StoreFuture<'a, Page>;

    /// How much is kept, as far as the store knows without looking at every session.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    fn statistics(&self) -> StoreFuture<'_, StoreStatistics>;

    /// Removes what has expired, then what is over the store's limits: sessions that no client has named first, then
    /// those used least recently, none of them in use. Says how many sessions it removed. Called at each
    /// `auto_clean_interval`, by every process that shares the store; one call does a bounded amount of work, and after
    /// one that has removed ten or more, the next comes a second later. One that takes longer than 60 s is given up, and
    /// one that panics is told in the log; the next one comes at its time.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    fn sweep(&self) -> StoreFuture<'_, u64>;

    /// Whether the store can be used now: reached, and written to. A server does not start with a store that takes
    /// longer than 60 s to say so, and is not ready while one takes longer than 2 s.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], which says why not.
    fn check(&self) -> StoreFuture<'_, ()>;

    /// Where the events of resumable streams are kept, if this store can do so for all processes that share it.
    /// By default each process keeps those of its own runs, in memory.
    fn run_log(&self) -> Option<Arc<dyn RunLog>> {
        None
    }

    /// Where what callers ask for is counted, if this store can do so for all processes that share it. By default each
    /// process counts for itself.
    fn limits(&self) -> Option<Arc<dyn LimitStore>> {
        None
    }

    /// How long the operations of this store have taken since it was opened, for the server's metrics. By default
    /// nothing is known.
    fn latency(&self) -> Vec<OperationLatency> {
        Vec::new()
    }

    /// Ends what the store has begun by itself (threads, connections), after everything that was asked of it is done.
    /// Nothing is asked of it afterwards. By default there is nothing to end.
    fn close(&self) -> StoreFuture<'_, ()> {
        Box::pin(async { Ok(()) })
    }
}
