//! A run whose client has left, on its way to its end.

use std::pin::Pin;
use std::task::{Context, Poll};

use super::carrier::Held;
use super::{Identity, failure};
use crate::agent::{Ending, Failure, Outcome, Run};
use crate::random::Identifier;
use crate::server::metrics::RunOutcome;
use crate::stream::{Interruption, Output};

/// Polls a run to its own end, and reads what it sends, for nobody.
///
/// Its clocks go on, it keeps its place among the runs, and it can be interrupted like any other.
pub(super) struct Detached {
    /// The run, while it is under way.
    run: Option<Run>,
    output: Output,
    identity: Identity,
    /// Given back when the run is gone.
    held: Held,
}

impl Detached {
    pub(super) fn new(run: Run, output: Output, identity: Identity, held: Held) -> Self {
        Self { run: Some(run), output, identity, held }
    }

    fn log(&self, outcome: &Outcome) {
        let run_id = self.identity.run_id.as_ref().map(Identifier::as_str);
        match outcome {
            Ok(Ending::Completed(_)) => tracing::debug!(run_id, "a run has ended without its client"),
            Ok(Ending::Expired(clock)) => failure::log_clock(*clock, &self.identity),
            Err(Failure::Interrupted(Interruption::Disconnected)) => {
                tracing::debug!(run_id, "a run was ended because its client has left");
            }
            // What a client would have been told is of no use any more.
            Err(error) => drop(failure::of_run(error, &self.identity)),
        }
    }
}

impl Future for Detached {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        let Some(run) = &mut this.run else { return Poll::Ready(()) };
        if let Poll::Ready(outcome) = Pin::new(run).poll(context) {
            this.run = None;
            this.held.0.end(RunOutcome::of(&outcome), &this.output);
            this.log(&outcome);
            return Poll::Ready(());
        }
        // One read at a time: tasks of the agent's could fill the output for ever.
        // Where it is closed, there is nothing more to read, however often one looks.
        if matches!(this.output.poll_read(context), Poll::Ready(Some(_))) {
            context.waker().wake_by_ref();
        }
        Poll::Pending
    }
}

impl Drop for Detached {
    fn drop(&mut self) {
        // Tasks that the agent has spawned learn that nobody reads any more.
        self.output.abandon();
        if let Some(run) = self.run.take() {
            // Counted when it is gone: what its calls have used is known only then.
            failure::drop_run(run, &self.identity);
            self.held.0.end(RunOutcome::of_dropped(self.output.interruption()), &self.output);
        }
    }
}
