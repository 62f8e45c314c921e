//! A store that does not answer, for tests of those who ask.

use std::future::pending;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{
    Begun, Claim, Commit, Committed, Page, PageRequest, Preemption, SessionStore, StoreError, StoreFuture,
    StoreLease, StoreStatistics, StoredSession,
};
use crate::session::{Owner, SessionKey};

/// It answers nothing, but that leases are lost when it is asked for the second time, and it panics when it is swept
/// for the first time.
#[derive(Debug, Default)]
pub(crate) struct Silent {
    renewals: AtomicUsize,
    /// How often it was swept.
    pub(crate) sweeps: AtomicUsize,
}

impl SessionStore for Silent {
    fn begin<'a>(&'a self, _: &'a SessionKey, _: &'a Claim) -> StoreFuture<'a, Begun> {
        Box::pin(pending())
    }

    fn renew<'a>(&'a self, _: &'a SessionKey, _: &'a StoreLease) -> StoreFuture<'a, Option<Preemption>> {
        if self.renewals.fetch_add(1, Ordering::Relaxed) == 0 {
            return Box::pin(pending());
        }
        Box::pin(async { Err(StoreError::Fenced) })
    }

    fn commit<'a>(
        &'a self,
        _: &'a SessionKey,
        _: &'a StoreLease,
        _: &'a Commit,
    ) -> StoreFuture<'a, Committed> {
        Box::pin(pending())
    }

    fn release<'a>(&'a self, _: &'a SessionKey, _: &'a StoreLease) -> StoreFuture<'a, ()> {
        Box::pin(pending())
    }

    fn preempt<'a>(&'a self, _: &'a SessionKey, _: Preemption) -> StoreFuture<'a, ()> {
        Box::pin(pending())
    }

    fn read<'a>(&'a self, _: &'a SessionKey) -> StoreFuture<'a, Option<StoredSession>> {
        Box::pin(pending())
    }

    fn delete<'a>(&'a self, _: &'a SessionKey) -> StoreFuture<'a, bool> {
        Box::pin(pending())
    }

    fn list<'a>(&'a self, _: &'a str, _: &'a Owner, _: &'a PageRequest) -> StoreFuture<'a, Page> {
        Box::pin(pending())
    }

    fn statistics(&self) -> StoreFuture<'_, StoreStatistics> {
        Box::pin(pending())
    }

    fn sweep(&self) -> StoreFuture<'_, u64> {
        assert!(self.sweeps.fetch_add(1, Ordering::Relaxed) > 0, "as told");
        Box::pin(pending())
    }

    fn check(&self) -> StoreFuture<'_, ()> {
        Box::pin(pending())
    }
}
