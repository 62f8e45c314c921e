//! The clocks of a run: what an agent awaits cannot stop them.
//!
//! They are looked at between two polls of the agent's method, and so is an end from outside. A method that computes
//! for long, or blocks its thread, without awaiting anything cannot be ended by either: in Rust nothing can end it.
//! Such work belongs into `tokio::task::spawn_blocking`, whose handle the method awaits. A poll that took longer than
//! a second is noted in the log.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

use tokio::task::coop::unconstrained;
use tokio::time::{Instant, sleep_until};

use super::long_poll::LongPolls;
use crate::random::Identifier;
use crate::stream::{Interruption, Output, Resumed};

/// How long a run may take, by what it has done so far.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clocks {
    /// Until the first event.
    pub(crate) first_event: Duration,
    /// From one event to the next.
    pub(crate) idle: Duration,
    /// From the beginning to the end.
    pub(crate) total: Duration,
}

/// The clock that ended a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Clock {
    FirstEvent,
    Idle,
    Total,
}

/// Why a call did not come to its own end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cut {
    Expired(Clock),
    Interrupted(Interruption),
}

impl Clocks {
    /// The clock that expires next, and when.
    fn next(&self, begun: Instant, output: &Output) -> (Instant, Clock) {
        let silence = match output.activity().last_sign {
            // Looked at again then: a model or a tool that works is bounded by clocks of its own.
            _ if output.is_busy() => (Instant::now() + self.idle, Clock::Idle),
            None => (begun + self.first_event, Clock::FirstEvent),
            Some(last) => (last + self.idle, Clock::Idle),
        };
        let total = (begun + self.total, Clock::Total);
        // At the same instant the total wins: it ends with what was sent instead of with an error.
        if total.0 <= silence.0 { total } else { silence }
    }

    /// Runs `call` until it returns, or says why it was cut: the clock that expired first, or an interruption. The
    /// call is gone when this returns.
    ///
    /// One timer serves all clocks. It is armed for the earliest and looked at when it fires, so that an event
    /// costs no timer. An interruption wakes whoever reads the output, which is whoever polls the run.
    pub(super) async fn watch<T>(
        &self,
        run_id: &Identifier,
        output: &Output,
        mut call: Pin<&mut impl Future<Output = T>>,
    ) -> Result<T, Cut> {
        let begun = Instant::now();
        let mut long_polls = LongPolls::new(begun);
        let mut alarm = pin!(sleep_until(self.next(begun, output).0.min(begun + self.idle)));
        poll_fn(|context| {
            let resumed = match output.resumed() {
                Ok(resumed) => resumed,
                Err(why) => return Poll::Ready(Err(Cut::Interrupted(why))),
            };
            if resumed == Resumed::Running {
                long_polls.begin();
                let polled = call.as_mut().poll(context);
                let activity = output.activity();
                long_polls.note(&activity, run_id);
                if let Poll::Ready(returned) = polled {
                    return Poll::Ready(Ok(returned));
                }
                // An agent that has only given way comes back at once: the timer need not know. It may never do
                // anything else, so the clock is looked at all the same.
                if activity.is_yielding() && Instant::now() < alarm.deadline() {
                    return Poll::Pending;
                }
            }
            // An agent that has used up its task's budget for cooperation must not keep its clocks from expiring.
            while pin!(unconstrained(alarm.as_mut())).poll(context).is_ready() {
                let (deadline, clock) = self.next(begun, output);
                if deadline <= Instant::now() {
                    return Poll::Ready(Err(Cut::Expired(clock)));
                }
                // Until the first event the deadline may be far, and the silence after an event that comes any moment
                // is over sooner.
                alarm.as_mut().reset(deadline.min(Instant::now() + self.idle));
            }
            Poll::Pending
        })
        .await
    }
}

#[cfg(test)]
mod tests;
