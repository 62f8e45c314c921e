//! The contract between `#[agent]` and the framework, and one run of an agent, whatever carries it.
//!
//! Nothing in this folder knows HTTP: a run takes a request and writes a stream.

mod description;
mod instance;
mod reply;

pub use description::{Description, EndpointDescription, Options};
pub use instance::Instance;
pub use reply::IntoReply;

use crate::error::AgentError;
use crate::session::Memory;
use crate::stream::DataStreamer;
use crate::wire::OpenAIRequest;

/// The struct half of an agent, written by `#[agent]` on a struct: which fields belong to the request.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is only half an agent: its struct lacks `#[agent]`",
    label = "this struct lacks `#[agent]`",
    note = "help: write `#[agent]` on the struct as well as on its impl block"
)]
pub trait AgentState: Sized + Send + 'static {
    /// The type of the field marked `#[agent(memory)]`, or `()`.
    type Memory: Memory;
    /// Whether a field is marked `#[agent(memory)]`.
    const HAS_MEMORY: bool;
    /// Whether a field is marked `#[agent(stream)]`.
    const HAS_STREAM: bool;

    /// Puts the session's memory and the run's stream into the marked fields.
    fn bind(&mut self, memory: Self::Memory, stream: DataStreamer);

    /// Takes the memory back, as the method left it.
    fn take_memory(&mut self) -> Self::Memory;
}

/// How a request gets an instance of its own: every unmarked field is cloned, every marked one starts empty.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be published: it has no `#[agent]` struct",
    label = "not an agent",
    note = "help: write `#[agent]` on the struct and on its impl block"
)]
pub trait Fresh: Sized {
    /// A copy of the template whose marked fields are still unbound.
    fn fresh(&self) -> Self;
}

/// The impl half of an agent, written by `#[agent]` on its inherent impl block: what it does.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be published: it has no `#[agent]` impl block",
    label = "not an agent, or only half of one",
    note = "help: write `#[agent]` on the impl block that holds `async fn run(&self, request: OpenAIRequest)`"
)]
pub trait Agent: AgentState {
    /// What the attribute said.
    const DESCRIPTION: &'static Description;

    /// Runs the method of endpoint number `endpoint` (an index into [`Description::endpoints`]).
    ///
    /// The future borrows the instance, so that it is gone before memory is taken back from it.
    fn call(
        instance: &mut Instance<Self>,
        endpoint: usize,
        request: OpenAIRequest,
        out: DataStreamer,
    ) -> impl Future<Output = Result<(), AgentError>> + Send;
}
