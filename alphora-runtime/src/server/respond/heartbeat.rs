//! Tells clients and proxies of a silent stream that it lives.

use std::pin::{Pin, pin};
use std::task::Context;
use std::time::Duration;

use tokio::task::coop::unconstrained;
use tokio::time::{Instant, Sleep};

/// A comment, which every client skips and every proxy counts as life.
pub(super) const HEARTBEAT: &[u8] = b": keep-alive\n\n";

/// When the next heartbeat is due. The timer is not moved by each chunk: when it fires, the last chunk's time decides.
pub(super) struct Heartbeat {
    keep_alive: Duration,
    timer: Pin<Box<Sleep>>,
    /// When the last one was sent, or the first event.
    last_beat: Instant,
    armed: bool,
}

impl Heartbeat {
    /// `timer` is for the first one.
    pub(super) fn new(keep_alive: Duration, timer: Pin<Box<Sleep>>, last_event: Instant) -> Self {
        Self { keep_alive, timer, last_beat: last_event, armed: false }
    }

    /// Whether a heartbeat is due; arms the next one.
    pub(super) fn is_due(&mut self, last_event: Instant, context: &mut Context<'_>) -> bool {
        self.armed = true;
        // Also when the agent has used up the budget for cooperation of the task.
        while pin!(unconstrained(self.timer.as_mut())).poll(context).is_ready() {
            let now = Instant::now();
            let due = last_event.max(self.last_beat) + self.keep_alive;
            if due <= now {
                self.last_beat = now;
                self.timer.as_mut().reset(now + self.keep_alive);
                return true;
            }
            self.timer.as_mut().reset(due);
        }
        false
    }

    /// Whether the waker that [`is_due`](Self::is_due) was last asked with is called when the next one is due.
    pub(super) fn calls(&self) -> bool {
        self.armed && !self.timer.is_elapsed()
    }
}
