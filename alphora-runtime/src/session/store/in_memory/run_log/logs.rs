//! The logs of all runs, and which of them goes next.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use super::super::clock::after;
use super::log::Log;
use super::owners::Owners;
use crate::session::Owner;
use crate::session::store::{LoggedEvent, RunEvents, RunKey, RunLogLimits, StoreError};

/// When to try again where all logs are of runs that have not ended.
const RETRY: Duration = Duration::from_secs(5);

/// All logs, bounded in number and bytes, together and of each owner.
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
    owners: Owners,
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
            owners: Owners::new(most_runs, most_bytes),
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
        // Who has its share makes room among its own.
        if self.owners.is_full(&run.owner) && !self.remove_ended_of(&run.owner) {
            return Err(StoreError::Capacity { retry_after: RETRY });
        }
        while self.runs.len() >= self.most_runs {
            if !self.remove_ended() {
                return Err(StoreError::Capacity { retry_after: RETRY });
            }
        }
        self.last += 1;
        let expires = (after(now, limits.time), self.last);
        self.expiring.insert(expires, run.clone());
        self.owners.enter(&run.owner);
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
        let before = log.bytes;
        log.append(events);
        let bytes = log.bytes;
        log.changed.notify_waiters();
        self.resize(&run.owner, before, bytes);
        // Who is over its share pays with its own, so that others lose nothing by it. Where only runs under way are kept,
        // the one that says more pays for it.
        while self.owners.excess(&run.owner) > 0 && self.remove_ended_of(&run.owner) {}
        self.shrink(run, self.owners.excess(&run.owner));
        while self.bytes > self.most_bytes && self.remove_ended() {}
        self.shrink(run, self.bytes.saturating_sub(self.most_bytes));
        Ok(())
    }

    /// Takes its oldest events from a run, until it has so many bytes less.
    fn shrink(&mut self, run: &RunKey, excess: usize) {
        let Some(log) = self.runs.get_mut(run).filter(|_| excess > 0) else { return };
        let before = log.bytes;
        log.shrink(before.saturating_sub(excess));
        let bytes = log.bytes;
        self.resize(&run.owner, before, bytes);
    }

    /// Counts the bytes of an owner's run that has had `before` and has `after`.
    fn resize(&mut self, owner: &Owner, before: usize, after: usize) {
        self.bytes = self.bytes - before + after;
        self.owners.resize(owner, before, after);
    }

    pub(super) fn finish(&mut self, run: &RunKey, now: Instant) {
        let Some(log) = self.runs.get_mut(run).filter(|log| !log.ended) else { return };
        self.last += 1;
        log.ended = true;
        self.expiring.remove(&log.expires);
        log.expires = (after(now, log.time()), self.last);
        self.expiring.insert(log.expires, run.clone());
        self.ended.insert(self.last, run.clone());
        self.owners.end(&run.owner, self.last);
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

    /// The same among the runs of one owner.
    fn remove_ended_of(&mut self, owner: &Owner) -> bool {
        let Some(number) = self.owners.first_ended(owner) else { return false };
        let Some(run) = self.ended.remove(&number) else { return false };
        self.remove(&run);
        true
    }

    fn remove(&mut self, run: &RunKey) {
        let Some(log) = self.runs.remove(run) else { return };
        self.resize(&run.owner, log.bytes, 0);
        self.owners.leave(&run.owner, log.expires.1);
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
        let named = || self.runs.iter().filter(|(run, _)| run.owner.name().is_some()).map(|(_, log)| log);
        let ended = named().filter(|log| log.ended).count();
        assert_eq!(self.owners.kept(), (named().count(), named().map(|log| log.bytes).sum(), ended));
        (self.runs.len(), self.bytes)
    }
}
