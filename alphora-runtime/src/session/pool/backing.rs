//! The store behind a pool: what a turn asks of it before it has the session, while it has it, and at its end.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::time::{Instant, sleep, sleep_until, timeout, timeout_at};
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use super::RETRY_WHEN_BUSY;
use crate::session::encoding::{Written, decode};
use crate::session::store::{
    Begun, Change, Claim as StoreClaim, Commit, Content, Preemption, SessionStore, StoreError, StoreLease,
    within,
};
use crate::session::{Concurrency, Memory, SessionError, SessionKey, TurnHandle};

/// A lease is renewed so often in its time: a holder may miss four renewals.
const RENEWALS: u32 = 5;

/// How long a turn waits before it asks again for a session that another process has: at first, and at most.
const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

/// How long a lease that nobody needs any more is tried to be given back; it ends by itself anyway.
const RELEASE: Duration = Duration::from_secs(5);

/// How long the store may take for one answer, beyond which it counts as not available. Stores have limits of their
/// own; this one is for those that have none.
const ANSWER: Duration = Duration::from_secs(10);

/// How long the store may at least take to renew a lease: longer than the limits of stores, which give their connection up
/// with the question.
const RENEWAL: Duration = Duration::from_secs(6);

/// How long a commit is tried again while the store is not available, beyond which nobody waits for it.
const COMMIT: Duration = Duration::from_secs(10);

/// The store behind a pool.
#[derive(Clone)]
pub(crate) struct Backing {
    pub(crate) store: Arc<dyn SessionStore>,
    /// How long a lease lasts that is not renewed.
    pub(crate) lease: Duration,
    /// What goes on beside turns: renewals, and leases that are given back.
    pub(crate) tasks: TaskTracker,
}

impl fmt::Debug for Backing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Backing")
            .field("store", &self.store)
            .field("lease", &self.lease)
            .finish_non_exhaustive()
    }
}

/// What a pool remembers of the store's copy of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Origin {
    /// The stamp of the record, which tells whether it is still the store's.
    pub(super) stamp: u64,
    pub(super) written: Written,
}

/// What came with a lease.
pub(super) enum Loaded<M> {
    /// The session begins.
    New,
    /// What the pool remembers is what the store has.
    Known,
    /// This.
    Memory(M, Origin),
}

impl Backing {
    /// Gets the session from the store, for a turn that has it in this process already. Waits for turns of other
    /// processes as its policy says, at most until `deadline`.
    pub(super) async fn begin<M: Memory>(
        &self,
        key: &SessionKey,
        turn: u128,
        asks: &Asks,
        ttl: Duration,
        known: Option<u64>,
    ) -> Result<(Held, Loaded<M>), SessionError> {
        let claim = StoreClaim { turn, lease: self.lease, ttl, known, named: asks.named };
        let begun = Instant::now();
        let mut pause = FIRST_PAUSE;
        let mut looked = false;
        loop {
            // What is granted belongs to somebody from here on, wherever this future is dropped.
            let mut asking = Asking { backing: self, key, turn, ttl, settled: false };
            let answer = answered(self.store.begin(key, &claim)).await;
            asking.settled = !matches!(answer, Err(StoreError::Unavailable { .. }));
            match answer? {
                Begun::Granted { lease, content } => {
                    let held = Held::new(self.clone(), key.clone(), lease, asks.handle.clone());
                    let loaded = match content {
                        Content::New => Loaded::New,
                        Content::Known => Loaded::Known,
                        Content::Stored(record) => {
                            let origin = Origin { stamp: record.stamp, written: Written::of(&record) };
                            // Dropping `held` gives the lease back: what cannot be read is left as it is.
                            Loaded::Memory(decode(&record)?, origin)
                        }
                    };
                    return Ok((held, loaded));
                }
                Begun::Replayed { .. } => return Err(SessionError::Taken),
                Begun::Busy { remaining } => {
                    let now = Instant::now();
                    let waited = now - begun;
                    // A turn that has just ended without a commit may be about to give the session back.
                    let rejects = asks.concurrency == Concurrency::Reject && looked;
                    if rejects || now >= asks.deadline {
                        return Err(SessionError::Busy { waited, retry_after: RETRY_WHEN_BUSY });
                    }
                    // Each time: between two looks another turn may have got the session.
                    if let Some(preemption) = asks.preemption() {
                        answered(self.store.preempt(key, preemption)).await?;
                    }
                    let next = now + pause.min(remaining.max(Duration::from_millis(1)));
                    sleep_until(next.min(asks.deadline)).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                    looked = true;
                }
            }
        }
    }
}

/// What the store answers, for which nobody waits for ever.
pub(super) async fn answered<T>(asked: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
    within(ANSWER, "it", asked).await
}

/// How a turn asks the store for its session.
pub(super) struct Asks {
    pub(super) concurrency: Concurrency,
    pub(super) handle: Option<TurnHandle>,
    pub(super) deadline: Instant,
    pub(super) named: bool,
}

impl Asks {
    fn preemption(&self) -> Option<Preemption> {
        match self.concurrency {
            Concurrency::Enqueue | Concurrency::Reject => None,
            Concurrency::Interrupt => Some(Preemption::Interrupt),
            Concurrency::Rollback => Some(Preemption::Rollback),
        }
    }
}

/// A question to the store that may have been answered without anybody hearing it.
struct Asking<'a> {
    backing: &'a Backing,
    key: &'a SessionKey,
    turn: u128,
    /// Of the session: asking for it again must not shorten its life.
    ttl: Duration,
    /// It was answered, so that nothing is granted of which nobody knows.
    settled: bool,
}

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        if self.settled {
            return;
        }
        // Whoever asked has left, and the lease may have been granted meanwhile: the same turn asks once more and
        // gives it back, so that the session is not blocked until it expires.
        let (store, key, turn) = (self.backing.store.clone(), self.key.clone(), self.turn);
        let claim = StoreClaim { turn, lease: RELEASE, ttl: self.ttl, known: None, named: false };
        self.backing.afterwards(async move {
            if let Ok(Begun::Granted { lease, .. }) = store.begin(&key, &claim).await {
                store.release(&key, &lease).await?;
            }
            Ok(())
        });
    }
}

impl Backing {
    /// Has something done of which nobody waits for the end. Where there is no runtime, leases end by themselves.
    fn afterwards(&self, work: impl Future<Output = Result<(), StoreError>> + Send + 'static) {
        let Ok(runtime) = Handle::try_current() else { return };
        let work = async move {
            if let Ok(Err(error)) = timeout(RELEASE, work).await {
                tracing::debug!(%error, "the lease of a session was not given back; it ends by itself");
            }
        };
        self.tasks.spawn_on(work, &runtime);
    }
}

/// A session that the store has lent, until it is committed or dropped. While it lives, its lease is renewed.
pub(super) struct Held {
    backing: Backing,
    key: SessionKey,
    lease: StoreLease,
    over: bool,
    /// Ends the renewals.
    _renewing: DropGuard,
}

impl Held {
    fn new(backing: Backing, key: SessionKey, lease: StoreLease, handle: Option<TurnHandle>) -> Self {
        let over = CancellationToken::new();
        let renewing = renew(backing.store.clone(), key.clone(), lease.clone(), handle);
        backing.tasks.spawn(over.clone().run_until_cancelled_owned(renewing));
        Self { backing, key, lease, over: false, _renewing: over.drop_guard() }
    }

    /// What the record's stamp is once this is committed.
    pub(super) fn stamp(&self) -> u64 {
        self.lease.fence
    }

    /// Commits what the turn has made. As long as nobody knows whether it was done it is tried again, for at most ten
    /// seconds: a store that has done it already says so.
    pub(super) async fn commit(&mut self, change: Change, ttl: Duration) -> Result<(), SessionError> {
        let commit = Commit { change, ttl };
        let deadline = Instant::now() + COMMIT;
        let mut pause = FIRST_PAUSE;
        let mut doubted = None;
        loop {
            let answer =
                timeout_at(deadline, self.backing.store.commit(&self.key, &self.lease, &commit)).await;
            match answer.unwrap_or_else(|_| Err(StoreError::unavailable("it has not answered in time"))) {
                Ok(_) => {
                    self.over = true;
                    return Ok(());
                }
                Err(StoreError::Unavailable { reason, .. }) if Instant::now() + pause < deadline => {
                    doubted = Some(reason);
                    sleep(pause).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
                Err(StoreError::Unavailable { reason, .. }) => {
                    return Err(SessionError::Unsettled { reason });
                }
                Err(error) => {
                    // A lease that is lost is not given back.
                    self.over = matches!(error, StoreError::Fenced | StoreError::Removed);
                    // One that was made, and that so many others have followed that the store remembers it no more,
                    // looks the same as one that was never made.
                    return Err(match doubted {
                        Some(reason) if self.over => SessionError::Unsettled { reason },
                        _ => error.into(),
                    });
                }
            }
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if self.over {
            return;
        }
        let (store, key, lease) = (self.backing.store.clone(), self.key.clone(), self.lease.clone());
        self.backing.afterwards(async move { store.release(&key, &lease).await });
    }
}

/// Renews a lease until it is lost, and tells its turn what it is told. One renewal that is not answered does not keep the
/// next ones: it is given up, and what was due meanwhile is asked at once.
pub(super) async fn renew(
    store: Arc<dyn SessionStore>,
    key: SessionKey,
    lease: StoreLease,
    handle: Option<TurnHandle>,
) {
    let every = lease.duration / RENEWALS;
    let mut due = Instant::now();
    loop {
        due = (due + every).max(Instant::now());
        sleep_until(due).await;
        match within(every.max(RENEWAL), "it", store.renew(&key, &lease)).await {
            Ok(None) => {}
            Ok(Some(preemption)) => {
                if let Some(handle) = &handle {
                    handle.preempt(preemption == Preemption::Interrupt);
                }
            }
            Err(StoreError::Fenced | StoreError::Removed) => {
                if let Some(handle) = &handle {
                    handle.lose();
                }
                return;
            }
            // Nobody knows. If it lasts, the lease expires, and the commit will say what has become of it.
            Err(error) => tracing::debug!(%error, "the lease of a session was not renewed"),
        }
    }
}
