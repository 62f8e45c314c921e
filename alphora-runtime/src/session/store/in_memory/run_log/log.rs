//! The log of one run.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use crate::session::store::{LoggedEvent, RunEvents, RunLogLimits};

/// How many events, and how many bytes of them, one call reads at most.
const READ_EVENTS: usize = 256;
const READ_BYTES: usize = 1 << 20;

/// The events of one run that are still kept.
#[derive(Debug)]
pub(super) struct Log {
    limits: RunLogLimits,
    events: VecDeque<LoggedEvent>,
    /// Of the events that are kept.
    pub(super) bytes: usize,
    /// The id of the event that was appended last, 0 if none was.
    last: u64,
    pub(super) ended: bool,
    pub(super) cancelled: bool,
    /// When the process where the run is gave its last sign of life.
    pub(super) seen: Instant,
    /// When the log goes, and its number among those that go at the same time.
    pub(super) expires: (Instant, u64),
    /// Tells who waits that there is something to look at.
    pub(super) changed: Arc<Notify>,
}

impl Log {
    pub(super) fn new(limits: RunLogLimits, expires: (Instant, u64), now: Instant) -> Self {
        Self {
            limits,
            events: VecDeque::new(),
            bytes: 0,
            last: 0,
            ended: false,
            cancelled: false,
            seen: now,
            expires,
            changed: Arc::default(),
        }
    }

    pub(super) fn time(&self) -> Duration {
        self.limits.time
    }

    /// Adds those events that are not there yet.
    pub(super) fn append(&mut self, events: &[LoggedEvent]) {
        for event in events {
            if event.id <= self.last {
                continue;
            }
            self.last = event.id;
            self.bytes += event.bytes.len();
            self.events.push_back(event.clone());
        }
        self.shrink(self.limits.bytes);
    }

    /// Forgets the oldest events, until the others take no more than `most` bytes.
    pub(super) fn shrink(&mut self, most: usize) {
        while self.bytes > most
            && let Some(event) = self.events.pop_front()
        {
            self.bytes -= event.bytes.len();
        }
    }

    /// The events after `after`, up to a bound.
    pub(super) fn read(&self, after: u64) -> RunEvents {
        let first = self.events.front().map_or(self.last + 1, |event| event.id);
        if after.saturating_add(1) < first {
            return RunEvents::Gone;
        }
        let skipped = usize::try_from(after.saturating_add(1) - first).unwrap_or(usize::MAX);
        let mut bytes = 0;
        let mut rest = self.events.iter().skip(skipped).peekable();
        let mut events = Vec::new();
        while events.len() < READ_EVENTS
            && let Some(event) =
                rest.next_if(|event| events.is_empty() || bytes + event.bytes.len() <= READ_BYTES)
        {
            bytes += event.bytes.len();
            events.push(event.clone());
        }
        RunEvents::Events { ended: self.ended && rest.peek().is_none(), events }
    }
}
