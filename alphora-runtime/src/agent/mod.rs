//! The contract between `#[agent]` and the framework, and one run of an agent, whatever carries it.
//!
//! Nothing in this folder knows HTTP: a run takes a request and writes a stream.

mod clocks;
mod context;
mod contract;
mod description;
mod instance;
mod interruptible;
mod long_poll;
mod policies;
mod reply;
mod run;
mod traced;

pub(crate) use clocks::{Clock, Clocks};
pub use context::RunContext;
pub use contract::{Agent, AgentState, Fresh};
pub use description::{Description, EndpointDescription, Options};
pub use instance::Instance;
pub(crate) use policies::Policies;
pub use policies::{OnDisconnect, OnFailure};
pub use reply::IntoReply;
pub(crate) use reply::{Fallible, Sent, Streamed, Text};
pub(crate) use run::{Ending, Factory, Failure, Input, Outcome, Published, Runnable, Session};
pub(crate) use traced::Run;

#[cfg(test)]
mod tests;
