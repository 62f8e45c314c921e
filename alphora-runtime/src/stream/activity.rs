//! What an output tells of itself: when something last happened, what was ready to read, what became of an event.

use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

use crate::wire::Usage;

/// When something last happened, for the clocks of a run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Activity {
    /// The method was called; before, the run waits for its session.
    pub(crate) begun: bool,
    /// How many events were sent.
    pub(crate) events: u64,
    /// When the last one was sent, or the output was made.
    pub(crate) last_event: Instant,
    /// When the first one was.
    pub(super) first_event: Option<Instant>,
    /// When the agent last sent anything, be it an empty piece, of which a client learns nothing.
    pub(crate) last_sign: Option<Instant>,
    /// When the agent was last resumed by its executor.
    pub(crate) resumed: Instant,
    /// How many events were sent since then.
    pub(super) burst: u32,
    /// The agent yielded only so that its output is written.
    pub(super) yielded: bool,
    /// What is sent is read while the run goes on.
    pub(super) is_live: bool,
}

/// How many events after each resumption are timed one by one. Further ones come in a burst, of which reading the
/// clock would be a good part of the cost.
const TIMED: u32 = 4;

/// Of a burst every so many events are timed.
const BURST: u32 = 16;

impl Activity {
    /// Notes an event, and says for how long the agent has run, unless the event belongs to a burst.
    pub(super) fn note_event(&mut self) -> Option<Duration> {
        self.events += 1;
        self.burst = self.burst.wrapping_add(1);
        if !self.is_timed() {
            return None;
        }
        let now = Instant::now();
        self.last_event = now;
        self.last_sign = Some(now);
        if self.events == 1 {
            self.first_event = Some(now);
        }
        Some(now.saturating_duration_since(self.resumed))
    }

    /// Whoever looks at the times sees them as if each event had been timed, or a little later.
    pub(super) fn refresh(&mut self) {
        if !self.is_timed() {
            let now = Instant::now();
            self.last_event = now;
            self.last_sign = Some(now);
            self.burst = 0;
        }
    }

    fn is_timed(&self) -> bool {
        self.burst <= TIMED || self.burst.is_multiple_of(BURST)
    }

    /// Whether the run is polled again soon in any case: something was sent that its live reader has to take.
    pub(crate) fn is_yielding(&self) -> bool {
        self.yielded && self.is_live
    }
}

/// What a run has come to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Totals {
    /// When the first event was sent.
    pub(crate) first_event: Option<Instant>,
    /// Its tokens, those included that are an estimate.
    pub(crate) usage: Usage,
    /// How many bytes were brought out past the reader.
    pub(crate) passed: u64,
}

/// What was ready.
pub(crate) struct Read {
    pub(crate) bytes: Bytes,
    /// These bytes should be on their way before the agent goes on.
    pub(crate) write_first: bool,
    /// There will be more.
    pub(crate) open: bool,
}

/// What became of an event.
pub(super) enum Sent {
    /// It is in the buffer; the number is the index of a tool call that it has begun.
    Done(usize),
    /// It is in the buffer, and the agent should let go of its worker so that it is written.
    DoneAndYield(usize),
    /// There is no room yet; the waker is called when there is.
    Full,
}
