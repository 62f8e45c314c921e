//! Spans of runs, of calls of models and of tools, named as OpenTelemetry's conventions for generative AI name them.
//!
//! They are spans of `tracing`: whoever subscribes to them sees them. What users write, what models answer and what
//! tools are given is in none of them. Without a subscriber a span is a branch.

mod chat;
mod conventions;
mod ending;
mod run;
mod tool;

#[cfg(feature = "otel")]
mod bridge;
#[cfg(feature = "otel")]
mod exporter;
#[cfg(feature = "otel")]
mod trace_context;
#[cfg(feature = "otel")]
mod traces;

pub(crate) use chat::{ChatDetails, ChatSpan};
#[cfg(feature = "logging")]
pub(crate) use conventions::TARGET;
pub(crate) use ending::Ended;
pub(crate) use run::{RunDetails, RunSpan, is_off};
pub(crate) use tool::ToolSpan;

#[cfg(all(feature = "otel", any(feature = "llm", feature = "fetch")))]
pub(crate) use bridge::outgoing;
#[cfg(feature = "otel")]
pub use traces::{Ours, TraceLayer, Traces};
