//! The logs of all runs, and which of them goes next.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use super::super::clock::after;
use super::log::Log;
use crate::session::store::{LoggedEvent, RunEvents, RunKey, RunLogLimits, StoreError};

/// When to try again where all logs are of runs that have not ended.
const RETRY: Duration = Duration::from_secs(5);

/// All logs, bounded in number and bytes.
#[derive(Debug)]
pub(super) struct Logs {
    most_runs: usize,
    most_bytes: usize,
    bytes: usize,
    /// The last number that was given away.
    last: u64,
    runs: HashMap<RunKey, Log>,
    expiring: BTreeMap<(Instant, u64), RunKey>,
    /// Of runs that have ended, in the order of their ends.
    ended: BTreeMap<u64, RunKey>,
}

/// What a reader finds.
pub(super) enum Found {
    /// Something to give it.
    Events(RunEvents),
    /// Nothing yet; whom to ask for a change, and when the log goes.
    Nothing(Arc<Notify>, Instant),
}

impl Logs {
    pub(super) fn new(most_runs: usize, most_bytes: usize) -> Self {
        Self {
            most_runs,
            most_bytes,
            bytes: 0,
            last: 0,
            runs: HashMap::new(),
            expiring: BTreeMap::new(),
            ended: BTreeMap::new(),
        }
    }

    pub(super) fn open(
        &mut self,
        run: &RunKey,
        limits: &RunLogLimits,
        now: Instant,
    ) -> Result<(), StoreError> {
        if self.runs.contains_key(run) {
            return Ok(());
        }
        while self.runs.len() >= self.most_runs {
            if !self.remove_ended() {
                return Err(StoreError::Capacity { retry_after: RETRY });
            }
        }
        self.last += 1;
        let expires = (after(now, limits.time), self.last);
        self.expiring.insert(expires, run.clone());
        self.runs.insert(run.clone(), Log::new(*limits, expires, now));
        Ok(())
    }

    pub(super) fn append(
        &mut self,
        run: &RunKey,
        events: &[LoggedEvent],
        now: Instant,
    ) -> Result<(), StoreError> {
        let log = self.runs.get_mut(run).ok_or(StoreError::UnknownRun)?;
        if log.ended {
            return Ok(());
        }
        log.seen = now;
        self.bytes -= log.bytes;
        log.append(events);
        self.bytes += log.bytes;
        log.changed.notify_waiters();
        while self.bytes > self.most_bytes && self.remove_ended() {}
        // Where only runs under way are kept, the one that says more pays for it.
        if self.bytes > self.most_bytes
            && let Some(log) = self.runs.get_mut(run)
        {
            let others = self.bytes - log.bytes;
            log.shrink(self.most_bytes.saturating_sub(others));
            self.bytes = others + log.bytes;
        }
        Ok(())
    }

    pub(super) fn finish(&mut self, run: &RunKey, now: Instant) {
        let Some(log) = self.runs.get_mut(run).filter(|log| !log.ended) else { return };
        self.last += 1;
        log.ended = true;
        self.expiring.remove(&log.expires);
        log.expires = (after(now, log.time()), self.last);
        self.expiring.insert(log.expires, run.clone());
        self.ended.insert(self.last, run.clone());
        log.changed.notify_waiters();
    }

    pub(super) fn read(&self, run: &RunKey, after: u64) -> Found {
        let Some(log) = self.runs.get(run) else { return Found::Events(RunEvents::Unknown) };
        match log.read(after) {
            RunEvents::Events { events, ended: false } if events.is_empty() => {
                Found::Nothing(Arc::clone(&log.changed), log.expires.0)
            }
            found => Found::Events(found),
        }
    }

    pub(super) fn cancel(&mut self, run: &RunKey) -> bool {
        let log = self.runs.get_mut(run).filter(|log| !log.ended);
        log.map(|log| log.cancelled = true).is_some()
    }

    /// Who asks is the run, which is under way: its log is kept.
    pub(super) fn is_cancelled(&mut self, run: &RunKey, now: Instant) -> bool {
        let Some(log) = self.runs.get_mut(run) else { return false };
        if !log.ended {
            log.seen = now;
            let (before, number) = log.expires;
            log.expires = (before.max(after(now, log.time())), number);
            self.expiring.remove(&(before, number));
            self.expiring.insert(log.expires, run.clone());
        }
        log.cancelled
    }

    pub(super) fn silence(&self, run: &RunKey, now: Instant) -> Option<Duration> {
        let log = self.runs.get(run).filter(|log| !log.ended)?;
        Some(now.saturating_duration_since(log.seen))
    }

    /// Removes all logs whose time is over.
    pub(super) fn remove_expired(&mut self, now: Instant) {
        while let Some(first) = self.expiring.first_entry()
            && first.key().0 <= now
        {
            let run = first.get().clone();
            self.remove(&run);
        }
    }

    /// Removes the log of the run that has ended first, if any has.
    fn remove_ended(&mut self) -> bool {
        let Some((_, run)) = self.ended.pop_first() else { return false };
        self.remove(&run);
        true
    }

    fn remove(&mut self, run: &RunKey) {
        let Some(log) = self.runs.remove(run) else { return };
        self.bytes -= log.bytes;
        self.expiring.remove(&log.expires);
        // A run that has ended has the same number in both orders.
        self.ended.remove(&log.expires.1);
        log.changed.notify_waiters();
    }

    /// How many logs there are, of how many bytes.
    #[cfg(test)]
    pub(super) fn kept(&self) -> (usize, usize) {
        assert_eq!(self.runs.len(), self.expiring.len());
        assert_eq!(self.ended.len(), self.runs.values().filter(|log| log.ended).count());
        assert_eq!(self.bytes, self.runs.values().map(|log| log.bytes).sum::<usize>());
        (self.runs.len(), self.bytes)
    }
}
