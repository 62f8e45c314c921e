//! All that generated code may call. Not for anything else: it changes with every release.

mod check;
mod entry;
mod field;
mod judge;
mod method;
mod tool;

pub use check::{seconds, whole};
#[cfg(feature = "otel")]
pub(crate) use entry::program_version;
pub use entry::{Exit, version};
pub use field::{
    Copies, Fields, Forgotten, FreshField, Marked, Shared, StreamField, Unmarked, attach, detached,
};
pub use judge::{Judge, Lenient, Plain};
pub use method::{Answers, Later, Parameter, Servable, Takes, key, no_such_endpoint, sendable};
pub use tool::{
    Answer, Argument, DescribedArgument, Given, Outcome, Pending, Ran, Reason, ToolFunction, parameters,
    pending,
};

pub use crate::agent::{
    Agent, AgentState, Description, EndpointDescription, Fresh, Instance, IntoReply, OnDisconnect, OnFailure,
    Options,
};
pub use crate::config::AgentConfig;
pub use crate::error::AgentError;
pub use crate::session::{Concurrency, Memory};
pub use crate::stream::DataStreamer;
pub use crate::tool::ToolParameters;
pub use crate::wire::OpenAIRequest;
