//! How a span ends.

use tracing::Span;

use super::conventions::{
    ERROR_TYPE, OUTCOME, RESPONSE_FINISH_REASONS, SPAN_STATUS, USAGE_INPUT_TOKENS, USAGE_OUTPUT_TOKENS,
};
use super::run::RunSpan;
use crate::wire::Usage;

/// How what a span stands for has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    Well,
    /// Somebody did not want it any more, which is nobody's mistake: a word for who or why.
    Stopped(&'static str),
    /// It failed: the sort of the error, one of a few words.
    Failed(&'static str),
}

impl Ended {
    /// One of a few words.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Well => "ok",
            Self::Stopped(word) | Self::Failed(word) => word,
        }
    }

    /// Notes it on `span`, and ends the span for OpenTelemetry.
    ///
    /// The span of `tracing` ends with its last handle. A thread that is left behind may hold one for ever, and with
    /// it all spans above.
    pub(super) fn note(self, span: &Span) {
        span.record(OUTCOME, self.as_str());
        if let Self::Failed(kind) = self {
            span.record(ERROR_TYPE, kind);
            span.record(SPAN_STATUS, "ERROR");
        }
        #[cfg(feature = "otel")]
        super::bridge::end(span);
    }
}

/// What a span begins under that belongs to `run`: whatever happens now, or else the run.
///
/// A run is entered while it is polled, and so are the calls that it makes. A task that its method has spawned is in
/// no span, unless its author has said so.
pub(super) fn parent(run: &RunSpan) -> Span {
    let current = Span::current();
    if current.is_disabled() { run.span().clone() } else { current }
}

/// Notes why an answer has ended.
fn finish_reason(span: &Span, reason: &str) {
    // Any other word is an agent's or a server's own, and may say anything.
    let known = ["stop", "length", "tool_calls", "content_filter", "timeout", "function_call"];
    let reason = known.into_iter().find(|known| *known == reason).unwrap_or("other");
    #[cfg(feature = "otel")]
    super::bridge::list(span, RESPONSE_FINISH_REASONS, reason);
    #[cfg(not(feature = "otel"))]
    span.record(RESPONSE_FINISH_REASONS, reason);
}

/// Notes on `span` how an answer has ended, why, and what was used for it.
pub(super) fn answer(span: &Span, ended: Ended, reason: Option<&str>, usage: Usage) {
    if let Some(reason) = reason {
        finish_reason(span, reason);
    }
    if usage != Usage::default() {
        span.record(USAGE_INPUT_TOKENS, number(usage.prompt_tokens));
        span.record(USAGE_OUTPUT_TOKENS, number(usage.completion_tokens));
    }
    ended.note(span);
}

/// A number of things as attributes have them.
pub(super) fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
