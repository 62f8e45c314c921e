//! A log of runs that is slow, fails or forgets as its test says, and the store that has it.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use alphora::session::store::{
    Begun, Claim, Commit, Committed, InMemoryRunLog, LoggedEvent, Page, PageRequest, Preemption, RunEvents,
    RunKey, RunLog, RunLogLimits, SessionStore, StoreError, StoreFuture, StoreLease, StoreStatistics,
    StoredSession,
};
use alphora::session::{Owner, SessionKey};
use alphora_tests::Gate;
use bytes::Bytes;

/// A log with faults.
#[derive(Debug)]
pub(crate) struct Log {
    inner: Arc<dyn RunLog>,
    /// Milliseconds that each append takes.
    pub(crate) append_takes: AtomicU64,
    /// The number of the gate at which each append waits.
    pub(crate) gate: AtomicUsize,
    /// Nothing more can be written.
    pub(crate) is_full: AtomicBool,
    /// Nothing more is taken, which is said at once.
    pub(crate) refuses: AtomicBool,
    /// Nothing can be read.
    pub(crate) is_blind: AtomicBool,
    /// How many reads are answered before nothing can be read.
    pub(crate) sees: AtomicUsize,
    /// How many times was appended, and how many bytes at once at most.
    pub(crate) appends: AtomicUsize,
    pub(crate) largest: AtomicUsize,
    /// The last id that was appended.
    pub(crate) last: AtomicU64,
    pub(crate) finished: AtomicUsize,
    pub(crate) limits: Mutex<Option<RunLogLimits>>,
    /// The number of the gate at which each claim waits, also when nobody waits for it any more. The next one waits
    /// behind it, as one of the same key does in a database; what is given up does not.
    pub(crate) claim_gate: AtomicUsize,
    claiming: Arc<tokio::sync::Mutex<()>>,
    /// No key can be claimed or given up.
    pub(crate) is_deaf: AtomicBool,
    /// How many were to be given up, and how many were.
    pub(crate) disclaims: AtomicUsize,
    pub(crate) disclaimed: AtomicUsize,
    /// For how long keys were claimed.
    pub(crate) claimed: Mutex<Vec<Duration>>,
}

impl Log {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            inner: Arc::new(InMemoryRunLog::default()),
            append_takes: AtomicU64::new(0),
            gate: AtomicUsize::new(usize::MAX),
            is_full: AtomicBool::new(false),
            refuses: AtomicBool::new(false),
            is_blind: AtomicBool::new(false),
            sees: AtomicUsize::new(usize::MAX),
            appends: AtomicUsize::new(0),
            largest: AtomicUsize::new(0),
            last: AtomicU64::new(0),
            finished: AtomicUsize::new(0),
            limits: Mutex::default(),
            claim_gate: AtomicUsize::new(usize::MAX),
            claiming: Arc::default(),
            is_deaf: AtomicBool::new(false),
            disclaims: AtomicUsize::new(0),
            disclaimed: AtomicUsize::new(0),
            claimed: Mutex::default(),
        })
    }

    /// How often it was read.
    pub(crate) fn reads(&self) -> usize {
        usize::MAX - self.sees.load(Ordering::SeqCst)
    }

    fn check(&self, flag: &AtomicBool) -> Result<(), StoreError> {
        if flag.load(Ordering::SeqCst) { Err(StoreError::unavailable("as told")) } else { Ok(()) }
    }
}

impl RunLog for Log {
    fn open<'a>(&'a self, run: &'a RunKey, limits: &'a RunLogLimits) -> StoreFuture<'a, ()> {
        *self.limits.lock().unwrap() = Some(*limits);
        Box::pin(async move {
            self.check(&self.is_full)?;
            self.inner.open(run, limits).await
        })
    }

    fn append<'a>(&'a self, run: &'a RunKey, events: &'a [LoggedEvent]) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            let takes = self.append_takes.load(Ordering::SeqCst);
            if takes > 0 {
                tokio::time::sleep(Duration::from_millis(takes)).await;
            }
            Gate::pass(self.gate.load(Ordering::SeqCst)).await;
            self.check(&self.is_full)?;
            if self.refuses.load(Ordering::SeqCst) {
                return Err(StoreError::UnknownRun);
            }
            self.inner.append(run, events).await?;
            self.appends.fetch_add(1, Ordering::SeqCst);
            self.largest.fetch_max(events.iter().map(|event| event.bytes.len()).sum(), Ordering::SeqCst);
            self.last.store(events.last().unwrap().id, Ordering::SeqCst);
            Ok(())
        })
    }

    fn finish<'a>(&'a self, run: &'a RunKey) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            self.check(&self.is_full)?;
            self.inner.finish(run).await?;
            self.finished.fetch_add(1, Ordering::SeqCst);
            Ok(())
        })
    }

    fn read<'a>(&'a self, run: &'a RunKey, after: u64, wait: Duration) -> StoreFuture<'a, RunEvents> {
        Box::pin(async move {
            self.check(&self.is_blind)?;
            let left = self.sees.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
            left.map_err(|_| StoreError::unavailable("as told"))?;
            self.inner.read(run, after, wait).await
        })
    }

    fn cancel<'a>(&'a self, run: &'a RunKey) -> StoreFuture<'a, bool> {
        self.inner.cancel(run)
    }

    fn is_cancelled<'a>(&'a self, run: &'a RunKey) -> StoreFuture<'a, bool> {
        self.inner.is_cancelled(run)
    }

    fn silence<'a>(&'a self, run: &'a RunKey) -> StoreFuture<'a, Option<Duration>> {
        self.inner.silence(run)
    }

    fn claim<'a>(
        &'a self,
        key: &'a RunKey,
        note: &'a Bytes,
        time: Duration,
    ) -> StoreFuture<'a, Option<Bytes>> {
        self.claimed.lock().unwrap().push(time);
        let (inner, claiming, key, note) =
            (self.inner.clone(), self.claiming.clone(), key.clone(), note.clone());
        let gate = self.claim_gate.load(Ordering::SeqCst);
        Box::pin(async move {
            self.check(&self.is_deaf)?;
            #[expect(clippy::disallowed_methods, reason = "it goes on without whoever has asked")]
            let claimed = tokio::spawn(async move {
                let _claiming = claiming.lock().await;
                Gate::pass(gate).await;
                inner.claim(&key, &note, time).await
            });
            claimed.await.unwrap()
        })
    }

    fn disclaim<'a>(&'a self, key: &'a RunKey, note: &'a Bytes) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            self.disclaims.fetch_add(1, Ordering::SeqCst);
            self.check(&self.is_deaf)?;
            self.inner.disclaim(key, note).await?;
            self.disclaimed.fetch_add(1, Ordering::SeqCst);
            Ok(())
        })
    }
}

/// A store that keeps the events of runs and nothing else.
#[derive(Debug)]
struct OnlyRuns(Arc<Log>);

pub(crate) fn store_of(log: Arc<Log>) -> Arc<dyn SessionStore> {
    Arc::new(OnlyRuns(log))
}

fn none<'a, T>() -> StoreFuture<'a, T> {
    Box::pin(async { Err(StoreError::unavailable("there are no sessions here")) })
}

impl SessionStore for OnlyRuns {
    fn begin<'a>(&'a self, _: &'a SessionKey, _: &'a Claim) -> StoreFuture<'a, Begun> {
        none()
    }

    fn renew<'a>(&'a self, _: &'a SessionKey, _: &'a StoreLease) -> StoreFuture<'a, Option<Preemption>> {
        none()
    }

    fn commit<'a>(
        &'a self,
        _: &'a SessionKey,
        _: &'a StoreLease,
        _: &'a Commit,
    ) -> StoreFuture<'a, Committed> {
        none()
    }

    fn release<'a>(&'a self, _: &'a SessionKey, _: &'a StoreLease) -> StoreFuture<'a, ()> {
        none()
    }

    fn preempt<'a>(&'a self, _: &'a SessionKey, _: Preemption) -> StoreFuture<'a, ()> {
        none()
    }

    fn read<'a>(&'a self, _: &'a SessionKey) -> StoreFuture<'a, Option<StoredSession>> {
        none()
    }

    fn delete<'a>(&'a self, _: &'a SessionKey) -> StoreFuture<'a, bool> {
        none()
    }

    fn list<'a>(&'a self, _: &'a str, _: &'a Owner, _: &'a PageRequest) -> StoreFuture<'a, Page> {
        none()
    }

    fn statistics(&self) -> StoreFuture<'_, StoreStatistics> {
        none()
    }

    fn sweep(&self) -> StoreFuture<'_, u64> {
        none()
    }

    fn check(&self) -> StoreFuture<'_, ()> {
        Box::pin(async { Ok(()) })
    }

    fn run_log(&self) -> Option<Arc<dyn RunLog>> {
        Some(self.0.clone())
    }
}
