//! A session store that fails when it is told to, in front of one that does not.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use alphora::session::store::{
    Begun, Claim, Commit, Committed, Page, PageRequest, Preemption, RunLog, SessionStore, StoreError,
    StoreFuture, StoreLease, StoreStatistics, StoredSession,
};
use alphora::{Owner, SessionKey};

/// What a store does wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Fault {
    /// Nothing.
    #[default]
    None,
    /// It cannot be reached.
    Down,
    /// It does what it is asked, and nobody hears of it.
    LosesAnswers,
    /// Leases cannot be renewed, as if this process were cut off from the store.
    CutOff,
    /// It does not end when it is closed.
    StaysOpen,
}

/// A store with faults.
#[derive(Debug)]
pub struct FaultyStore {
    inner: Arc<dyn SessionStore>,
    run_log: Option<Arc<dyn RunLog>>,
    fault: Mutex<Fault>,
    commits: AtomicUsize,
    checks: AtomicUsize,
    delay: Mutex<Duration>,
}

impl FaultyStore {
    pub fn new(inner: Arc<dyn SessionStore>) -> Arc<Self> {
        let run_log = inner.run_log();
        Self::with_run_log(inner, run_log)
    }

    /// With a log of runs that is another one than the store's.
    pub fn with_run_log(inner: Arc<dyn SessionStore>, run_log: Option<Arc<dyn RunLog>>) -> Arc<Self> {
        Arc::new(Self {
            inner,
            run_log,
            fault: Mutex::default(),
            commits: AtomicUsize::new(0),
            checks: AtomicUsize::new(0),
            delay: Mutex::default(),
        })
    }

    /// What goes wrong from now on.
    pub fn set(&self, fault: Fault) {
        *self.fault.lock().unwrap() = fault;
    }

    /// How long each call takes from now on.
    pub fn set_delay(&self, delay: Duration) {
        *self.delay.lock().unwrap() = delay;
    }

    /// How often a commit was asked for.
    pub fn commits(&self) -> usize {
        self.commits.load(Ordering::SeqCst)
    }

    /// How often it was asked whether it can be used.
    pub fn checks(&self) -> usize {
        self.checks.load(Ordering::SeqCst)
    }

    fn fault(&self) -> Fault {
        *self.fault.lock().unwrap()
    }

    fn through<'a, T: Send + 'a>(&'a self, asked: StoreFuture<'a, T>) -> StoreFuture<'a, T> {
        Box::pin(async move {
            let delay = *self.delay.lock().unwrap();
            if !delay.is_zero() {
                tokio::time::sleep(delay).await;
            }
            if self.fault() == Fault::Down {
                return Err(StoreError::unavailable("it is down"));
            }
            let answer = asked.await;
            match self.fault() {
                Fault::LosesAnswers => Err(StoreError::unavailable("the answer was lost")),
                Fault::None | Fault::Down | Fault::CutOff | Fault::StaysOpen => answer,
            }
        })
    }
}

impl SessionStore for FaultyStore {
    fn begin<'a>(&'a self, key: &'a SessionKey, claim: &'a Claim) -> StoreFuture<'a, Begun> {
        self.through(self.inner.begin(key, claim))
    }

    fn renew<'a>(
        &'a self,
        key: &'a SessionKey,
        lease: &'a StoreLease,
    ) -> StoreFuture<'a, Option<Preemption>> {
        if self.fault() == Fault::CutOff {
            return Box::pin(async { Err(StoreError::unavailable("it is cut off")) });
        }
        self.through(self.inner.renew(key, lease))
    }

    fn commit<'a>(
        &'a self,
        key: &'a SessionKey,
        lease: &'a StoreLease,
        commit: &'a Commit,
    ) -> StoreFuture<'a, Committed> {
        self.commits.fetch_add(1, Ordering::SeqCst);
        self.through(self.inner.commit(key, lease, commit))
    }

    fn release<'a>(&'a self, key: &'a SessionKey, lease: &'a StoreLease) -> StoreFuture<'a, ()> {
        self.through(self.inner.release(key, lease))
    }

    fn preempt<'a>(&'a self, key: &'a SessionKey, preemption: Preemption) -> StoreFuture<'a, ()> {
        self.through(self.inner.preempt(key, preemption))
    }

    fn read<'a>(&'a self, key: &'a SessionKey) -> StoreFuture<'a, Option<StoredSession>> {
        self.through(self.inner.read(key))
    }

    fn delete<'a>(&'a self, key: &'a SessionKey) -> StoreFuture<'a, bool> {
        self.through(self.inner.delete(key))
    }

    fn list<'a>(&'a self, agent: &'a str, owner: &'a Owner, page: &'a PageRequest) -> StoreFuture<'a, Page> {
        self.through(self.inner.list(agent, owner, page))
    }

    fn statistics(&self) -> StoreFuture<'_, StoreStatistics> {
        self.through(self.inner.statistics())
    }

    fn sweep(&self) -> StoreFuture<'_, u64> {
        self.through(self.inner.sweep())
    }

    fn check(&self) -> StoreFuture<'_, ()> {
        self.checks.fetch_add(1, Ordering::SeqCst);
        self.through(self.inner.check())
    }

    fn run_log(&self) -> Option<Arc<dyn RunLog>> {
        self.run_log.clone()
    }

    fn close(&self) -> StoreFuture<'_, ()> {
        if self.fault() == Fault::StaysOpen {
            return Box::pin(std::future::pending());
        }
        self.inner.close()
    }
}
