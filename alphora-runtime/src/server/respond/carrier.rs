//! A run with what has to live as long as it does.

use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::sync::OwnedSemaphorePermit;

use super::{Identity, Refusal, failure};
use crate::agent::{Clock, Ending, Outcome, Run};
use crate::random::Identifier;
use crate::server::admission::BodyShare;
use crate::server::application::Tracked;
use crate::stream::{FinishReason, Output};

/// Carries a run: polls it, and says its farewell. Dropping the carrier, as the client's leaving does, drops the
/// run and with it everything that the run holds.
pub(in crate::server) struct Carrier {
    /// The run, while it is under way.
    run: Option<Run>,
    pub(super) output: Output,
    pub(super) identity: Identity,
    /// The status line is gone: what ends the run from now on is a part of the answer.
    answering: bool,
    /// What the run takes from others; given back when the response has been sent or dropped.
    _held: Held,
}

/// The note of the run, its place among the runs at once, and its body's share of the budget.
type Held = (Tracked, OwnedSemaphorePermit, BodyShare);

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
    pub(in crate::server) fn new(run: Run, output: Output, held: Held, identity: &Identity) -> Self {
        Self { run: Some(run), output, identity: identity.clone(), answering: false, _held: held }
    }

    /// Notes that the status line goes out now.
    pub(super) fn answer(&mut self) {
        self.answering = true;
    }

    /// Lets the run go on, if there is anything left of it.
    pub(super) fn step(&mut self, context: &mut Context<'_>) -> Step {
        let Some(run) = &mut self.run else { return Step::Answered };
        if self.output.is_interrupted() {
            self.run = None;
            return Step::Failed(failure::of_shutdown());
        }
        match Pin::new(run).poll(context) {
            Poll::Pending => Step::Running,
            Poll::Ready(outcome) => {
                self.run = None;
                self.end(outcome)
            }
        }
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
            // The total always ends with what was sent; the other clocks too, once an answer has begun.
            Ok(Ending::Expired(clock)) if clock == Clock::Total || self.has_sent() || self.answering => {
                tracing::warn!(
                    run_id = self.identity.run_id.as_ref().map(Identifier::as_str),
                    ?clock,
                    "a run was ended by its clock"
                );
                self.output.finish(&FinishReason::Timeout);
                Step::Answered
            }
            Ok(Ending::Expired(clock)) => {
                tracing::warn!(
                    run_id = self.identity.run_id.as_ref().map(Identifier::as_str),
                    ?clock,
                    "a run was ended by its clock"
                );
                Step::Failed(failure::of_clock(clock))
            }
            Err(error) => Step::Failed(failure::of_run(&error, &self.identity)),
        }
    }
}

impl Drop for Carrier {
    fn drop(&mut self) {
        // Tasks that the agent has spawned may still hold its stream: nobody reads it any more.
        self.output.abandon();
    }
}
