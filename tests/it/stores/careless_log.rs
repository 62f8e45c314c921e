//! A log of runs that breaks one of its promises about keys and signs of life.

use std::sync::Arc;
use std::time::Duration;

use alphora::session::store::{
    InMemoryRunLog, LoggedEvent, RunEvents, RunKey, RunLog, RunLogLimits, StoreError, StoreFuture,
};
use bytes::Bytes;

/// What it does wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Carelessness {
    None,
    /// It looks first, and claims then.
    ClaimsInTwoSteps,
    ClaimsAgainForAnybody,
    GivesUpForAnybody,
    KeepsClaimsForEver,
    TakesReadersForTheRun,
    AcknowledgesWhatHasNoLog,
}

#[derive(Debug)]
pub(super) struct CarelessLog {
    inner: Arc<InMemoryRunLog>,
    does: Carelessness,
}

impl CarelessLog {
    pub(super) fn new(does: Carelessness) -> Self {
        Self { inner: Arc::default(), does }
    }
}

const LONG: Duration = Duration::from_secs(3600);

impl RunLog for CarelessLog {
    fn open<'a>(&'a self, run: &'a RunKey, limits: &'a RunLogLimits) -> StoreFuture<'a, ()> {
        self.inner.open(run, limits)
    }

    fn append<'a>(&'a self, run: &'a RunKey, events: &'a [LoggedEvent]) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            match self.inner.append(run, events).await {
                Err(StoreError::UnknownRun) if self.does == Carelessness::AcknowledgesWhatHasNoLog => Ok(()),
                answer => answer,
            }
        })
    }

    fn finish<'a>(&'a self, run: &'a RunKey) -> StoreFuture<'a, ()> {
        self.inner.finish(run)
    }

    fn read<'a>(&'a self, run: &'a RunKey, after: u64, wait: Duration) -> StoreFuture<'a, RunEvents> {
        Box::pin(async move {
            if self.does == Carelessness::TakesReadersForTheRun {
                self.inner.is_cancelled(run).await?;
            }
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
        Box::pin(async move {
            let time = if self.does == Carelessness::KeepsClaimsForEver { LONG } else { time };
            let found = self.inner.claim(key, note, time).await?;
            match (self.does, &found) {
                (Carelessness::ClaimsAgainForAnybody, Some(other)) => {
                    self.inner.disclaim(key, other).await?;
                    self.inner.claim(key, note, time).await
                }
                (Carelessness::ClaimsInTwoSteps, None) => {
                    self.inner.disclaim(key, note).await?;
                    tokio::task::yield_now().await;
                    self.inner.claim(key, note, time).await?;
                    Ok(None)
                }
                _ => Ok(found),
            }
        })
    }

    fn disclaim<'a>(&'a self, key: &'a RunKey, note: &'a Bytes) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            if self.does == Carelessness::GivesUpForAnybody
                && let Some(other) = self.inner.claim(key, note, LONG).await?
            {
                self.inner.disclaim(key, &other).await?;
            }
            self.inner.disclaim(key, note).await
        })
    }
}
