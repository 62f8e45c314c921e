//! What `#[agent]` writes for a struct and for its impl block.

use super::{Description, Instance};
use crate::error::AgentError;
use crate::session::Memory;
use crate::stream::DataStreamer;
use crate::wire::OpenAIRequest;

/// The struct half of an agent, written by `#[agent]` on a struct: which fields belong to the request.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is only half an agent: its struct lacks `#[agent]`\n\
               help: write `#[agent]` on the struct as well as on its impl block",
    label = "its struct lacks `#[agent]`"
)]
pub trait AgentState: Sized + Send + Sync + 'static {
    /// The type of the field marked `#[agent(memory)]`, or `()`.
    type Memory: Memory;
    /// Whether a field is marked `#[agent(memory)]`.
    const HAS_MEMORY: bool = false;

    /// Puts the session's memory and the run's stream into the marked fields.
    fn bind(&mut self, memory: Self::Memory, stream: DataStreamer) {
        let _ = (memory, stream);
    }

    /// Takes the memory back, as the method left it.
    fn take_memory(&mut self) -> Self::Memory {
        Self::Memory::default()
    }
}

/// How a request gets an instance of its own: every unmarked field is cloned, every marked one starts empty.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is only half an agent: its struct lacks `#[agent]`\n\
               help: write `#[agent]` on the struct as well as on its impl block",
    label = "its struct lacks `#[agent]`"
)]
pub trait Fresh: Agent {
    /// A copy of the template whose marked fields are still unbound.
    #[must_use]
    fn fresh(&self) -> Self;
}

/// The impl half of an agent, written by `#[agent]` on its inherent impl block: what it does.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no agent: it has no `#[agent]` impl block\n\
               help: write `#[agent]` on the impl block that holds `async fn run(&self, request: OpenAIRequest)`",
    label = "it has no `#[agent]` impl block"
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
