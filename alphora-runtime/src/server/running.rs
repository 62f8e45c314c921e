//! The runs that are under way, so that they can be ended from outside.

use std::sync::Arc;

use dashmap::DashMap;

use super::access::Exchange;
use super::application::{Application, ServedEndpoint};
use super::authentication::Caller;
use super::metrics::{RunMeter, RunOutcome};
use super::respond;
use crate::random::{Identifier, RandomKeys};
use crate::session::{Owner, Preempt};
use crate::stream::{Interruption, Output};

/// The runs by the random half of their ids.
pub(super) type RunningRuns = DashMap<u128, Running, RandomKeys>;

impl Application {
    /// Notes a run of `endpoint` that is under way, begun by `owner`; dropping the guard forgets it.
    pub(super) fn track(
        self: &Arc<Self>,
        run_id: Identifier,
        endpoint: &ServedEndpoint,
        owner: Owner,
        output: &Output,
        exchange: Option<Exchange>,
    ) -> Tracked {
        let run = Running { output: output.clone(), endpoint: endpoint.number, owner };
        self.running.insert(run_id.bits(), run);
        let meter = RunMeter::begin(&endpoint.metrics);
        Tracked { application: self.clone(), run: run_id.bits(), meter, exchange }
    }

    /// Asks every run under way to say farewell now.
    pub(super) fn interrupt_runs(&self) {
        for run in &self.running {
            run.output.interrupt(Interruption::Shutdown);
        }
    }

    /// Ends the answers of runs that have not heard what they were asked.
    pub(super) fn give_up_runs(&self) {
        let refusal = respond::of_interruption(Interruption::Shutdown);
        for run in &self.running {
            run.output.fail(refusal.body());
        }
    }

    /// Whether a run under way has sent what nobody has taken yet.
    pub(super) fn has_unread(&self) -> bool {
        self.running.iter().any(|run| !run.output.is_empty())
    }

    /// Asks a run of the caller's owner to end, and says whether it is under way: one of `endpoint`, or of any that the
    /// caller may use.
    pub(super) fn cancel(&self, run: u128, endpoint: Option<&ServedEndpoint>, caller: &Caller) -> bool {
        let is_of = |run: &Running| match endpoint {
            Some(endpoint) => endpoint.number == run.endpoint,
            None => self.endpoints.get(run.endpoint).is_some_and(|endpoint| caller.may_use(endpoint)),
        };
        let is_there = |run: &Running| is_of(run) && run.owner == caller.owner && !run.output.is_closed();
        let output = self.running.get(&run).filter(|run| is_there(run)).map(|run| run.output.clone());
        if let Some(output) = &output {
            output.interrupt(Interruption::Cancelled);
        }
        output.is_some()
    }

    /// Notes a run of nobody's, as if it were under way here.
    #[cfg(test)]
    pub(super) fn pretend_to_run(&self, run: u128, output: Output) {
        self.running.insert(run, Running { output, endpoint: 0, owner: Owner::anonymous() });
    }

    /// How many runs are under way, those without a client included.
    pub(super) fn running(&self) -> usize {
        self.running.len()
    }
}

/// Lets a turn end the runs of earlier ones.
impl Preempt for Application {
    fn preempt(&self, run: u128, keep: bool) {
        let output = self.running.get(&run).map(|run| run.output.clone());
        if let Some(output) = output {
            output.interrupt(Interruption::Superseded { keep });
        }
    }

    fn lose(&self, run: u128) {
        let output = self.running.get(&run).map(|run| run.output.clone());
        if let Some(output) = output {
            output.interrupt(Interruption::SessionLost);
        }
    }
}

/// What is known of a run that is under way.
pub(super) struct Running {
    output: Output,
    /// The number of its endpoint.
    endpoint: usize,
    /// Who has begun it, and alone may end it by its id.
    owner: Owner,
}

/// A run that is under way.
pub(super) struct Tracked {
    application: Arc<Application>,
    run: u128,
    meter: RunMeter,
    /// Its request, while somebody wants to know how the run ends.
    exchange: Option<Exchange>,
}

impl Tracked {
    /// The run has ended. Only its first ending counts.
    pub(super) fn end(&mut self, outcome: RunOutcome, output: &Output) {
        if self.meter.end(outcome, output)
            && let Some(exchange) = &self.exchange
        {
            exchange.note_end(outcome, output.totals().passed);
        }
    }

    /// Its client has left, and it goes on: how it ends is no longer the end of its request.
    pub(super) fn leave(&mut self) {
        self.exchange = None;
    }

    /// Where the run is noted.
    pub(super) fn application(&self) -> &Arc<Application> {
        &self.application
    }
}

impl Drop for Tracked {
    fn drop(&mut self) {
        self.application.running.remove(&self.run);
    }
}
