//! A call of a tool that somebody watches: whoever subscribes to spans, or counts what runs call.

use std::sync::Arc;

use tokio::time::Instant;
use tracing::Span;

use super::ToolExecutor;
use crate::stream::{DataStreamer, Observe, ToolRun};
use crate::telemetry::{Ended, RunSpan, ToolSpan};
use crate::tool::{RegisteredTool, ToolErrorKind, ToolResult};
use crate::wire::ToolCall;

/// What is noted of a call, until it is over. Dropped before, it was cancelled.
pub(super) struct Watch {
    span: ToolSpan,
    observer: Option<Arc<dyn Observe>>,
    begun: Instant,
    ended: Ended,
}

impl Watch {
    /// `None` where nobody watches.
    pub(super) fn begin(executor: &ToolExecutor, call: &ToolCall) -> Option<Self> {
        let run = executor.stream.as_ref();
        let tool = executor.settings.registry.get_tool(&call.function.name);
        let span = ToolSpan::begin(
            &run.map_or(RunSpan::NONE, DataStreamer::span),
            tool.map(RegisteredTool::name),
            &call.id,
        );
        let observer = run.and_then(DataStreamer::observer);
        let ended = Ended::Stopped(ToolErrorKind::Cancelled.as_str());
        (!span.is_none() || observer.is_some()).then(|| Self { span, observer, begun: Instant::now(), ended })
    }

    /// The span that the call is made in.
    pub(super) fn span(watch: Option<&Self>) -> Span {
        watch.map_or_else(Span::current, |watch| watch.span.or_current())
    }

    /// The call is over.
    pub(super) fn end(mut self, result: &ToolResult) {
        self.ended = match result.error {
            None => Ended::Well,
            Some(ToolErrorKind::Cancelled) => Ended::Stopped(ToolErrorKind::Cancelled.as_str()),
            Some(kind) => Ended::Failed(kind.as_str()),
        };
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.span.end(self.ended);
        if let Some(observer) = &self.observer {
            observer.tool_called(&ToolRun { duration: self.begun.elapsed(), outcome: self.ended.as_str() });
        }
    }
}
