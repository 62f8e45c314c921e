//! Who watches a run: its span, and whoever counts what it calls.

use std::sync::Arc;

use super::Output;
use crate::stream::Observe;
use crate::telemetry::RunSpan;

impl Output {
    /// Makes what the run calls a part of `span`.
    pub(crate) fn trace(&self, span: RunSpan) {
        // Boxed: mostly there is none, and each output would have room for it.
        if !span.is_none() {
            self.state().span = Some(Box::new(span));
        }
    }

    /// Tells `observer` what the run calls.
    pub(crate) fn observe(&self, observer: Arc<dyn Observe>) {
        self.state().observer = Some(observer);
    }

    /// The span of the run, if it has one and is not over.
    pub(crate) fn span(&self) -> RunSpan {
        self.state().span.as_deref().map_or(RunSpan::NONE, RunSpan::clone)
    }

    /// The run is over: what goes on in its tasks keeps its span no longer.
    pub(crate) fn end_span(&self) {
        let span = self.state().span.take();
        // Not under the lock: whoever subscribes to spans may be slow.
        drop(span);
    }

    /// Who is told what the run calls.
    pub(crate) fn observer(&self) -> Option<Arc<dyn Observe>> {
        self.state().observer.clone()
    }
}
