//! Measures one run, and counts it once.

use std::sync::Arc;

use tokio::time::Instant;

use super::{EndpointMetrics, RunOutcome};
use crate::stream::Output;

/// Measures one run from its beginning to its end.
#[derive(Debug)]
pub(in crate::server) struct RunMeter {
    endpoint: Arc<EndpointMetrics>,
    begun: Instant,
    has_ended: bool,
}

impl RunMeter {
    pub(in crate::server) fn begin(endpoint: &Arc<EndpointMetrics>) -> Self {
        endpoint.begun.increment();
        Self { endpoint: endpoint.clone(), begun: Instant::now(), has_ended: false }
    }

    /// Counts the run, and says whether this is its end: only the first one is.
    pub(in crate::server) fn end(&mut self, outcome: RunOutcome, output: &Output) -> bool {
        if std::mem::replace(&mut self.has_ended, true) {
            return false;
        }
        let endpoint = &*self.endpoint;
        if let Some(ended) = endpoint.ended.get(outcome as usize) {
            ended.increment();
        }
        endpoint.duration.record(self.begun.elapsed());
        let totals = output.totals();
        if let Some(first) = totals.first_event {
            endpoint.first_event.record(first.saturating_duration_since(self.begun));
        }
        if totals.usage.prompt_tokens > 0 {
            endpoint.prompt_tokens.add(totals.usage.prompt_tokens);
        }
        if totals.usage.completion_tokens > 0 {
            endpoint.completion_tokens.add(totals.usage.completion_tokens);
        }
        true
    }
}
