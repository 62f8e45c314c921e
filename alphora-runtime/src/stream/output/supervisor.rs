//! How the supervisor of a run sees to its end.

use tokio::time::Instant;

use super::{Output, Phase, State, cancel};
use crate::stream::activity::{Activity, Totals};
use crate::stream::{FinishReason, Interruption};
use crate::wire::ErrorBody;

/// What becomes of a run that is polled.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Resumed {
    /// Its agent goes on.
    Running,
    /// Only its clocks do.
    Held,
}

impl Output {
    /// The agent's method is about to be called: from now on a reader may be kept company.
    pub(crate) fn begin(&self) {
        self.state().activity.begun = true;
    }

    /// The executor has resumed the agent, in the reader's own task: the reader looks by itself afterwards, so
    /// that nothing the agent sends meanwhile has to wake it.
    ///
    /// # Errors
    /// The run was ended from outside.
    pub(crate) fn resumed(&self) -> Result<Resumed, Interruption> {
        let mut state = self.state();
        if let Some(why) = state.interruption {
            return Err(why);
        }
        if state.held {
            return Ok(Resumed::Held);
        }
        state.reader = None;
        state.activity.yielded = false;
        state.activity.refresh();
        state.activity.burst = 0;
        // Until the first event the agent counts as running for long, so that its first chunk goes out at once.
        if state.activity.events > 0 {
            state.activity.resumed = Instant::now();
        }
        Ok(Resumed::Running)
    }

    /// The method is over, and what it remembers is about to be stored, which may take a while: an interruption comes
    /// too late from now on, and whoever reads is not woken by it again and again.
    pub(crate) fn settle(&self) {
        self.state().settling = true;
    }

    /// Has the run's clocks looked at without its agent going on, as long as `held`.
    pub(crate) fn hold(&self, held: bool) {
        self.state().held = held;
    }

    pub(crate) fn activity(&self) -> Activity {
        let mut state = self.state();
        state.activity.refresh();
        state.activity
    }

    /// What the run has come to so far.
    pub(crate) fn totals(&self) -> Totals {
        let state = self.state();
        Totals { first_event: state.activity.first_event, usage: state.charged_usage(), passed: state.passed }
    }

    /// The ending that the agent asked for, or the natural one if it just returned.
    pub(crate) fn reason(&self) -> FinishReason {
        let state = self.state();
        match &state.phase {
            Phase::Stopped(reason) => reason.clone(),
            Phase::Open | Phase::Closed => state.natural_reason(),
        }
    }

    /// Renders the farewell of a run that ended well. Only the first ending counts.
    pub(crate) fn finish(&self, reason: &FinishReason) {
        let mut state = self.state();
        if state.phase != Phase::Closed {
            let usage = state.usage;
            let State { render, buffer, .. } = &mut *state;
            render.finish(reason, usage, buffer);
            let over = state.close();
            drop(state);
            cancel(over);
        }
    }

    /// Renders the farewell of a run that failed after its first byte. Only the first ending counts.
    pub(crate) fn fail(&self, error: &ErrorBody) {
        let mut state = self.state();
        if state.phase != Phase::Closed {
            let State { render, buffer, .. } = &mut *state;
            render.fail(error, buffer);
            let over = state.close();
            drop(state);
            cancel(over);
        }
    }

    /// Something happened that no client sees: the silence of the run begins anew.
    pub(crate) fn sign(&self) {
        self.state().activity.last_sign = Some(Instant::now());
    }

    /// A call with clocks of its own begins; while it lasts, only the run's total clock can expire.
    pub(crate) fn begin_call(&self) {
        self.state().busy += 1;
    }

    /// The call is over.
    pub(crate) fn end_call(&self) {
        let mut state = self.state();
        state.busy = state.busy.saturating_sub(1);
        state.activity.last_sign = Some(Instant::now());
    }

    pub(crate) fn is_busy(&self) -> bool {
        self.state().busy > 0
    }

    /// The method is over: whatever it has left running for this run is told so.
    pub(crate) fn cancel(&self) {
        let over = self.state().cancellation.clone();
        cancel(over);
    }
}
