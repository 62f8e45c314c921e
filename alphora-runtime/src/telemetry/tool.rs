//! The span of a call of a tool.

use tracing::Span;
use tracing::field::Empty;

use super::conventions as names;
use super::ending::{self, Ended};
use super::run::RunSpan;

/// The longest id of a call that is recorded, in bytes: models and their servers write them.
const LONGEST_ID: usize = 128;

/// The span of a call of a tool, or of none.
#[derive(Debug, Clone)]
pub(crate) struct ToolSpan(Span);

impl ToolSpan {
    /// The span of a call that `run` makes. `tool`: its name, if there is such a tool; what else a model may write
    /// there is not recorded.
    pub(crate) fn begin(run: &RunSpan, tool: Option<&str>, call_id: &str) -> Self {
        let parent = ending::parent(run);
        let name = tool.map_or(("", ""), |tool| (" ", tool));
        // As the run's: what is logged within has to find its way up to the run.
        let span = tracing::error_span!(
            target: names::TARGET,
            parent: &parent,
            names::EXECUTE_TOOL,
            { names::SPAN_NAME } = display(format_args!("{}{}{}", names::EXECUTE_TOOL, name.0, name.1)),
            { names::SPAN_KIND } = "internal",
            { names::SPAN_STATUS } = Empty,
            { names::OPERATION_NAME } = names::EXECUTE_TOOL,
            { names::CONVERSATION_ID } = run.conversation(),
            { names::TOOL_NAME } = tool,
            { names::TOOL_TYPE } = "function",
            { names::TOOL_CALL_ID } = &call_id[..call_id.floor_char_boundary(LONGEST_ID)],
            { names::OUTCOME } = Empty,
            { names::ERROR_TYPE } = Empty,
        );
        #[cfg(feature = "otel")]
        super::bridge::stay_in_trace(&span, run);
        Self(span)
    }

    /// The span that the call is made in: its own, or else the one that its caller is in.
    pub(crate) fn or_current(&self) -> Span {
        if self.0.is_disabled() { Span::current() } else { self.0.clone() }
    }

    pub(crate) fn is_none(&self) -> bool {
        self.0.is_disabled()
    }

    /// The call is over.
    pub(crate) fn end(&self, ended: Ended) {
        ended.note(&self.0);
    }
}
