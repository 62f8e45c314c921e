//! The clocks of a run: none of them can be stopped by what the agent does.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::stream::Output;

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

    /// Runs `call` until it returns, or gives the clock that expired first. The call is gone when this returns.
    ///
    /// One timer serves all clocks. It is armed for the earliest and looked at when it fires, so that an event
    /// costs no timer.
    pub(crate) async fn watch<T>(&self, output: &Output, call: impl Future<Output = T>) -> Result<T, Clock> {
        let begun = Instant::now();
        let mut call = pin!(call);
        let mut alarm = pin!(sleep_until(self.next(begun, output).0));
        poll_fn(|context| {
            output.resumed();
            if let Poll::Ready(returned) = call.as_mut().poll(context) {
                return Poll::Ready(Ok(returned));
            }
            // An agent that has only given way comes back at once: the timer need not know. It may never do
            // anything else, so the clock is looked at all the same.
            if output.is_yielding() && Instant::now() < alarm.deadline() {
                return Poll::Pending;
            }
            while alarm.as_mut().poll(context).is_ready() {
                let (deadline, clock) = self.next(begun, output);
                if deadline <= Instant::now() {
                    return Poll::Ready(Err(clock));
                }
                alarm.as_mut().reset(deadline);
            }
            Poll::Pending
        })
        .await
    }
}
