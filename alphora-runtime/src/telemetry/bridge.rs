//! What spans are to OpenTelemetry: parts of traces that began elsewhere and go on elsewhere.

#[cfg(any(feature = "llm", feature = "fetch"))]
use opentelemetry::trace::SpanContext;
use opentelemetry::trace::TraceContextExt as _;
use opentelemetry::{Array, Context, StringValue, Value};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use super::run::RunSpan;
use super::trace_context;
use crate::wire::OpenAIRequest;

/// Whether what happens now is a part of a trace of this process.
pub(super) fn is_inside() -> bool {
    Context::current().has_active_span()
}

/// Makes the span of a run a part of the trace that its request belongs to, unless something of this process, which
/// has read the request's headers, is in between.
pub(super) fn continue_trace(span: &Span, request: &OpenAIRequest) {
    if is_inside() {
        return;
    }
    if let Some(remote) = trace_context::read(request.headers()) {
        // Without a layer of OpenTelemetry nobody cares.
        let _ = span.set_parent(Context::new().with_remote_span_context(remote));
    }
}

/// Makes `span`, which belongs to `run`, a part of its trace, whoever polls it and whatever is around it: of what
/// `tracing` has as parents, OpenTelemetry is not told everything.
pub(super) fn stay_in_trace(span: &Span, run: &RunSpan) {
    if span.is_disabled() {
        return;
    }
    let around = Context::current();
    let parent = if around.has_active_span() { around } else { run.span().context() };
    // Without a layer of OpenTelemetry nobody cares.
    let _ = span.set_parent(parent);
}

/// Notes a list of one word.
pub(super) fn list(span: &Span, name: &'static str, word: &'static str) {
    span.set_attribute(name, Value::Array(Array::String(vec![StringValue::from(word)])));
}

/// Ends the span for OpenTelemetry, whoever still has a handle to it.
pub(super) fn end(span: &Span) {
    if !span.is_disabled() {
        span.context().span().end();
    }
}

/// What is around now, if it is a part of a trace.
#[cfg(any(feature = "llm", feature = "fetch"))]
fn current() -> Option<SpanContext> {
    let context = Span::current().context();
    let context = context.span().span_context().clone();
    context.is_valid().then_some(context)
}

/// The headers with which a request to a server goes on with the trace: `traceparent`, and `tracestate` if there is
/// one.
#[cfg(any(feature = "llm", feature = "fetch"))]
pub(crate) fn outgoing() -> impl Iterator<Item = (&'static str, String)> {
    current().into_iter().flat_map(|context| trace_context::written(&context))
}
