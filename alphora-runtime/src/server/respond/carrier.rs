//! A run with what has to live as long as it does.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::runtime::Handle;
use tokio::sync::OwnedSemaphorePermit;

use super::detached::Detached;
use super::{Identity, Refusal, failure};
use crate::agent::{Clock, Ending, OnDisconnect, OnFailure, Outcome, Policies, Run};
use crate::server::admission::BodyShare;
use crate::server::application::Application;
use crate::server::limits::Admitted;
use crate::server::metrics::RunOutcome;
use crate::server::running::Tracked;
use crate::stream::{FinishReason, Interruption, Output};

/// Carries a run: polls it, and says its farewell.
///
/// Dropping the carrier, as the client's leaving does, drops the run and with it everything that the run holds;
/// unless its policies say that it goes on, or that what it remembers is kept: then a task of the server takes it.
pub(in crate::server) struct Carrier {
    /// The run, while it is under way.
    run: Option<Run>,
    pub(super) output: Output,
    pub(super) identity: Identity,
    policies: Policies,
    /// The status line is gone: what ends the run from now on is a part of the answer.
    answering: bool,
    /// What the run takes from others; given back when the response has been sent or dropped.
    held: Option<Held>,
}

/// The note of the run, its place among the runs at once, its body's share of the budget, and what it takes of its
/// caller's limits.
pub(super) type Held = (Tracked, OwnedSemaphorePermit, BodyShare, Admitted);

/// What became of a run when it was polled.
pub(super) enum Step {
    /// It goes on.
    Running,
    /// It ended with an answer, whose farewell is in the output.
    Answered,
    /// It ended without one; nothing was said of it yet.
    Failed(Refusal),
}

impl Carrier {
    pub(in crate::server) fn new(
        run: Run,
        output: Output,
        held: Held,
        identity: &Identity,
        policies: Policies,
    ) -> Self {
        let identity = identity.clone();
        Self { run: Some(run), output, identity, policies, answering: false, held: Some(held) }
    }

    /// Notes that the status line goes out now.
    pub(super) fn answer(&mut self) {
        self.answering = true;
    }

    /// Lets the run go on, if there is anything left of it.
    pub(super) fn step(&mut self, context: &mut Context<'_>) -> Step {
        let Some(run) = &mut self.run else { return Step::Answered };
        match Pin::new(run).poll(context) {
            Poll::Pending => Step::Running,
            Poll::Ready(outcome) => {
                self.run = None;
                self.count(RunOutcome::of(&outcome));
                self.end(outcome)
            }
        }
    }

    fn count(&mut self, outcome: RunOutcome) {
        if let Some(held) = &mut self.held {
            held.0.end(outcome, &self.output);
        }
    }

    /// The server that the run belongs to, until the run goes on elsewhere.
    pub(super) fn application(&self) -> Option<&Arc<Application>> {
        self.held.as_ref().map(|held| held.0.application())
    }

    /// Whether anything was sent that a client may already have.
    pub(super) fn has_sent(&self) -> bool {
        self.output.activity().events > 0
    }

    fn end(&self, outcome: Outcome) -> Step {
        match outcome {
            Ok(Ending::Completed(reason)) => {
                self.output.finish(&reason);
                Step::Answered
            }
            Ok(Ending::Expired(clock)) => {
                failure::log_clock(clock, &self.identity);
                // The total always ends with what was sent; the other clocks too, once an answer has begun.
                if clock == Clock::Total || self.has_sent() || self.answering {
                    self.output.finish(&FinishReason::Timeout);
                    Step::Answered
                } else {
                    Step::Failed(failure::of_clock(clock))
                }
            }
            Err(error) => {
                let refusal = failure::of_run(&error, &self.identity);
                // What the method has done, it would do again.
                Step::Failed(if self.output.activity().begun { refusal.never_retry() } else { refusal })
            }
        }
    }

    /// Whether the run, whose client has left, is to be polled again.
    fn goes_on(&self) -> bool {
        if self.run.is_none() {
            return false;
        }
        let is_kept = || {
            self.policies.on_failure == OnFailure::Keep
                || self.output.interruption() == Some(Interruption::Superseded { keep: true })
        };
        match self.policies.on_disconnect {
            OnDisconnect::Continue => true,
            // A run that still waits for its session has nothing to keep.
            OnDisconnect::Cancel => is_kept() && self.output.activity().begun,
        }
    }
}

impl Drop for Carrier {
    fn drop(&mut self) {
        // A router may be dropped where there is no runtime, and then nothing goes on.
        if self.goes_on()
            && let Ok(runtime) = Handle::try_current()
            && let (Some(run), Some(mut held)) = (self.run.take(), self.held.take())
        {
            held.0.leave();
            if self.policies.on_disconnect == OnDisconnect::Cancel {
                self.output.interrupt(Interruption::Disconnected);
            }
            let application = held.0.application().clone();
            let detached = Detached::new(run, self.output.clone(), self.identity.clone(), held);
            application.detached.spawn_on(detached, &runtime);
            return;
        }
        // Tasks that the agent has spawned may still hold its stream: nobody reads it any more.
        self.output.abandon();
        if let Some(run) = self.run.take() {
            // Counted when it is gone: what its calls have used is known only then.
            failure::drop_run(run, &self.identity);
            self.count(RunOutcome::of_dropped(self.output.interruption()));
        }
    }
}

#[cfg(shuttle)]
#[cfg(test)]
mod schedules;
