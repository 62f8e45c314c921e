//! The span of a run.

use std::sync::Arc;

use tracing::Span;
use tracing::field::Empty;
use tracing::level_filters::LevelFilter;
use tracing::span::Entered;

use super::conventions as names;
use super::ending::{self, Ended};
use crate::wire::{OpenAIRequest, Usage};

/// What is known of a run when it begins.
pub(crate) struct RunDetails<'a> {
    /// The name under which the agent is published.
    pub(crate) agent: &'a str,
    pub(crate) request_id: &'a str,
    pub(crate) run_id: &'a str,
    /// The session, if the agent has a memory or the client named one, as logs may have it: where sessions belong to
    /// nobody, who knows the id of one can read it.
    pub(crate) session_id: Option<&'a str>,
    /// It may be a part of somebody else's trace.
    pub(crate) request: &'a OpenAIRequest,
}

/// The span of a run, or of none. A clone is another handle to it.
#[derive(Debug, Clone)]
pub(crate) struct RunSpan {
    span: Span,
    /// The session, for the spans below.
    conversation: Option<Arc<str>>,
}

impl RunSpan {
    /// No span.
    pub(crate) const NONE: Self = Self { span: Span::none(), conversation: None };

    /// The span of a run that is about to begin: a part of the trace that its request belongs to. Nothing is
    /// allocated where nobody subscribes to it.
    pub(crate) fn begin(run: &RunDetails<'_>) -> Self {
        if is_off() {
            return Self::NONE;
        }
        // A run inside of somebody's span, of a layer around the router for example, is a part of that.
        let kind = if is_inside() { "internal" } else { "server" };
        // The level of errors, so that whoever reads these alone finds out to which request they belong.
        let span = tracing::error_span!(
            target: names::TARGET,
            names::INVOKE_AGENT,
            request_id = run.request_id,
            run_id = run.run_id,
            session_id = run.session_id,
            { names::SPAN_NAME } = display(format_args!("{} {}", names::INVOKE_AGENT, run.agent)),
            { names::SPAN_KIND } = kind,
            { names::SPAN_STATUS } = Empty,
            { names::OPERATION_NAME } = names::INVOKE_AGENT,
            { names::PROVIDER_NAME } = names::ALPHORA,
            { names::AGENT_NAME } = run.agent,
            { names::CONVERSATION_ID } = run.session_id,
            // The published name: what a client has written in its place has no business here.
            { names::REQUEST_MODEL } = run.agent,
            { names::REQUEST_STREAM } = run.request.stream,
            { names::RESPONSE_ID } = run.run_id,
            { names::RESPONSE_FINISH_REASONS } = Empty,
            { names::USAGE_INPUT_TOKENS } = Empty,
            { names::USAGE_OUTPUT_TOKENS } = Empty,
            { names::OUTCOME } = Empty,
            { names::ERROR_TYPE } = Empty,
        );
        if span.is_disabled() {
            return Self::NONE;
        }
        #[cfg(feature = "otel")]
        super::bridge::continue_trace(&span, run.request);
        Self { span, conversation: run.session_id.map(Arc::from) }
    }

    pub(crate) fn is_none(&self) -> bool {
        self.span.is_disabled()
    }

    /// The run goes on, until the value is dropped.
    pub(crate) fn enter(&self) -> Entered<'_> {
        self.span.enter()
    }

    /// The run is over.
    pub(crate) fn end(&self, ended: Ended, reason: Option<&str>, usage: Usage) {
        ending::answer(&self.span, ended, reason, usage);
    }

    pub(super) fn span(&self) -> &Span {
        &self.span
    }

    pub(super) fn conversation(&self) -> Option<&str> {
        self.conversation.as_deref()
    }
}

/// Whether nobody subscribes to anything: then nothing is looked at that could be told.
pub(crate) fn is_off() -> bool {
    LevelFilter::current() == LevelFilter::OFF
}

/// Whether what happens now is a part of a trace of this process.
fn is_inside() -> bool {
    #[cfg(feature = "otel")]
    return super::bridge::is_inside();
    #[cfg(not(feature = "otel"))]
    false
}
