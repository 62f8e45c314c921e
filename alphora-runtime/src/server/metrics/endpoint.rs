//! What is counted of one endpoint: its runs, and the calls of models and tools that they make.

use super::RunOutcome;
use super::number::{Counter, Histogram};
use super::words::Words;
use crate::stream::{ModelCall, Observe, ToolRun};

/// The numbers of one endpoint.
#[derive(Debug, Default)]
pub(in crate::server) struct EndpointMetrics {
    pub(super) begun: Counter,
    /// By the numbers of the outcomes.
    pub(super) ended: [Counter; RunOutcome::ALL.len()],
    pub(super) duration: Histogram,
    /// From the beginning of a run to its first event, if there was one.
    pub(super) first_event: Histogram,
    pub(super) prompt_tokens: Counter,
    pub(super) completion_tokens: Counter,
    pub(super) models: Calls,
    /// From the beginning of a call to the first piece of its answer.
    pub(super) first_chunk: Histogram,
    pub(super) tools: Calls,
}

/// The numbers of calls.
#[derive(Debug, Default)]
pub(super) struct Calls {
    pub(super) outcomes: Words,
    pub(super) duration: Histogram,
}

impl Observe for EndpointMetrics {
    fn model_called(&self, call: &ModelCall) {
        self.models.outcomes.increment(call.outcome);
        self.models.duration.record(call.duration);
        if let Some(first_chunk) = call.first_chunk {
            self.first_chunk.record(first_chunk);
        }
    }

    fn tool_called(&self, call: &ToolRun) {
        self.tools.outcomes.increment(call.outcome);
        self.tools.duration.record(call.duration);
    }
}
