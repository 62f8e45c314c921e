//! The log itself: one lock around all runs, and readers who wait outside of it.

use std::fmt;
use std::pin::pin;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, timeout_at};

use super::super::clock::after as end_of;
use super::claims::Claims;
use super::logs::{Found, Logs};
use crate::session::store::{LoggedEvent, RunEvents, RunKey, RunLog, RunLogLimits, StoreFuture};
use crate::sync::{Mutex, PoisonError};

/// How many runs are kept by default.
const RUNS: usize = 16_384;

/// How many claims are kept, each of some hundred bytes.
const CLAIMS: usize = 65_536;

/// How many bytes of events are kept by default.
const BYTES: usize = 256 << 20;

/// The events of the runs of one process, in memory.
///
/// It keeps at most 16,384 runs and 256 MiB of their events by default. The logs of runs that have ended make room for
/// others, those that ended first before the rest. If all runs are under way, another one finds no room, and one that
/// says more than there is room for loses its own oldest events. Of claims it keeps at most 65,536, and refuses more.
///
/// An owner with a name has at most three quarters of the runs, of the bytes and of the claims, and makes room among its
/// own, so that nobody can drive out what all others have.
pub struct InMemoryRunLog {
    logs: Mutex<Logs>,
    claims: Mutex<Claims>,
}

impl InMemoryRunLog {
    /// A log of at most `runs` runs, and of at most `bytes` bytes of their events together.
    pub fn new(runs: usize, bytes: usize) -> Self {
        Self { logs: Mutex::new(Logs::new(runs, bytes)), claims: Mutex::new(Claims::new(CLAIMS)) }
    }

    fn locked<T>(&self, action: impl FnOnce(&mut Logs, Instant) -> T) -> T {
        let mut logs = self.logs.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        logs.remove_expired(now);
        action(&mut logs, now)
    }

    fn claims<T>(&self, action: impl FnOnce(&mut Claims, Instant) -> T) -> T {
        let mut claims = self.claims.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        claims.remove_expired(now);
        action(&mut claims, now)
    }

    /// How many logs there are, of how many bytes.
    #[cfg(test)]
    pub(in super::super) fn kept(&self) -> (usize, usize) {
        self.locked(|logs, _| logs.kept())
    }

    async fn wait_for(&self, run: &RunKey, after: u64, until: Instant) -> RunEvents {
        loop {
            let (changed, goes) = match self.locked(|logs, _| logs.read(run, after)) {
                Found::Events(events) => return events,
                Found::Nothing(changed, goes) => (changed, goes),
            };
            let mut changed = pin!(changed.notified());
            changed.as_mut().enable();
            // What has come before anybody listened is seen here, what comes later is heard.
            if let Found::Events(events) = self.locked(|logs, _| logs.read(run, after)) {
                return events;
            }
            if timeout_at(until.min(goes), changed).await.is_err() && until <= goes {
                return RunEvents::Events { events: Vec::new(), ended: false };
            }
        }
    }
}

impl Default for InMemoryRunLog {
    fn default() -> Self {
        Self::new(RUNS, BYTES)
    }
}

impl RunLog for InMemoryRunLog {
    fn open<'a>(&'a self, run: &'a RunKey, limits: &'a RunLogLimits) -> StoreFuture<'a, ()> {
        Box::pin(async move { self.locked(|logs, now| logs.open(run, limits, now)) })
    }

    fn append<'a>(&'a self, run: &'a RunKey, events: &'a [LoggedEvent]) -> StoreFuture<'a, ()> {
        Box::pin(async move { self.locked(|logs, now| logs.append(run, events, now)) })
    }

    fn finish<'a>(&'a self, run: &'a RunKey) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            self.locked(|logs, now| logs.finish(run, now));
            Ok(())
        })
    }

    fn read<'a>(&'a self, run: &'a RunKey, after: u64, wait: Duration) -> StoreFuture<'a, RunEvents> {
        Box::pin(async move { Ok(self.wait_for(run, after, end_of(Instant::now(), wait)).await) })
    }

    fn cancel<'a>(&'a self, run: &'a RunKey) -> StoreFuture<'a, bool> {
        Box::pin(async move { Ok(self.locked(|logs, _| logs.cancel(run))) })
    }

    fn is_cancelled<'a>(&'a self, run: &'a RunKey) -> StoreFuture<'a, bool> {
        Box::pin(async move { Ok(self.locked(|logs, now| logs.is_cancelled(run, now))) })
    }

    fn silence<'a>(&'a self, run: &'a RunKey) -> StoreFuture<'a, Option<Duration>> {
        Box::pin(async move { Ok(self.locked(|logs, now| logs.silence(run, now))) })
    }

    fn claim<'a>(
        &'a self,
        key: &'a RunKey,
        note: &'a Bytes,
        time: Duration,
    ) -> StoreFuture<'a, Option<Bytes>> {
        Box::pin(async move { self.claims(|claims, now| claims.claim(key, note, time, now)) })
    }

    fn disclaim<'a>(&'a self, key: &'a RunKey, note: &'a Bytes) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            self.claims(|claims, _| claims.disclaim(key, note));
            Ok(())
        })
    }
}

impl fmt::Debug for InMemoryRunLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InMemoryRunLog").finish_non_exhaustive()
    }
}
