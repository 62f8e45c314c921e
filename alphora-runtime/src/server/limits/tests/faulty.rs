//! A store of limits that fails when it is told to.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::session::store::{
    InMemoryLimitStore, LimitAccount, RunPlace, Settlement, StoreError, StoreFuture, Taken,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Fault {
    #[default]
    None,
    /// It cannot be reached.
    Down,
    /// It stands still.
    Silent,
    /// It does what it is asked, and nobody hears of it.
    LosesAnswers,
}

#[derive(Debug, Default)]
pub(super) struct FaultyLimits {
    inner: InMemoryLimitStore,
    fault: Mutex<Fault>,
    pub(super) asked: AtomicUsize,
}

impl FaultyLimits {
    pub(super) fn set(&self, fault: Fault) {
        *self.fault.lock().unwrap() = fault;
    }

    async fn through<T>(&self, asked: StoreFuture<'_, T>) -> Result<T, StoreError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        // A round trip.
        tokio::time::sleep(Duration::from_millis(1)).await;
        let fault = *self.fault.lock().unwrap();
        match fault {
            Fault::None => asked.await,
            Fault::Down => Err(StoreError::unavailable("it is down")),
            Fault::Silent => std::future::pending().await,
            Fault::LosesAnswers => {
                asked.await?;
                Err(StoreError::unavailable("the answer was lost"))
            }
        }
    }
}

impl LimitStore for FaultyLimits {
    fn take<'a>(
        &'a self,
        account: &'a LimitAccount,
        limits: &'a Limits,
        place: &'a RunPlace,
    ) -> StoreFuture<'a, Taken> {
        Box::pin(self.through(self.inner.take(account, limits, place)))
    }

    fn renew<'a>(
        &'a self,
        account: &'a LimitAccount,
        runs: &'a [u128],
        lease: Duration,
    ) -> StoreFuture<'a, ()> {
        Box::pin(self.through(self.inner.renew(account, runs, lease)))
    }

    fn settle<'a>(
        &'a self,
        account: &'a LimitAccount,
        limits: &'a Limits,
        settlement: &'a Settlement,
    ) -> StoreFuture<'a, ()> {
        Box::pin(self.through(self.inner.settle(account, limits, settlement)))
    }
}
