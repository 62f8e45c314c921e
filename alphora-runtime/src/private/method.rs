//! What the impl half asks of the exposed methods. Each trait is here for its message, asked at the method.

use super::judge::{Free, Silent};
use crate::agent::{Agent, AgentState, Fallible, Instance, Sent, Streamed, Text};
use crate::error::{AgentError, Error, ErrorKind};
use crate::wire::OpenAIRequest;

/// The struct half, asked for when the agent is published and not before: the lifetime defers the question.
pub trait Later<'a>: AgentState {}

impl<A: AgentState> Later<'_> for A {}

/// The impl half, in the same way.
pub trait Servable<'a>: Agent {}

impl<A: Agent> Servable<'_> for A {}

/// The type of an exposed method's parameter.
#[diagnostic::on_unimplemented(
    message = "an agent method's parameter must be `OpenAIRequest`, not `{Self}`",
    label = "not an `OpenAIRequest`"
)]
pub trait Parameter {
    /// The argument for a request.
    fn of(request: OpenAIRequest) -> Self;
}

#[diagnostic::do_not_recommend]
impl Parameter for OpenAIRequest {
    fn of(request: OpenAIRequest) -> Self {
        request
    }
}

/// The future of a method, if any thread may run it. The bound stands here alone, for one error at one place.
pub fn sendable<F: Future + Send>(future: F) -> F {
    future
}

/// How an agent answers with a reply of `Kind`: by its stream, or by what the method returns.
#[diagnostic::on_unimplemented(
    message = "agent method returns nothing, and `{A}` has no stream field: it cannot answer\n\
               help: return a `String`, or add `#[agent(stream)] stream: DataStreamer` to the struct",
    label = "cannot answer"
)]
pub trait Answers<A, Kind>: Sized {
    /// Ends the method's work.
    ///
    /// # Errors
    /// What the method returned.
    fn done(self, sent: Result<Sent<Kind>, AgentError>) -> Result<(), AgentError> {
        sent.map(drop)
    }
}

#[diagnostic::do_not_recommend]
impl<A, Kind> Answers<A, Kind> for Free {}

#[diagnostic::do_not_recommend]
impl<A, Kind: Speaks> Answers<A, Kind> for Silent<A> {}

/// A reply that says something by itself.
pub trait Speaks {}
impl Speaks for Text {}
impl<Kind: Speaks> Speaks for Fallible<Kind> {}
impl<Kind: Speaks> Speaks for Streamed<Kind> {}

/// How a method that takes `self` gets it.
#[diagnostic::on_unimplemented(
    message = "agent method takes `self`, but `{A}` has a memory field: the session memory has to come back\n\
               help: write `&mut self`, or `&self` to only read it",
    label = "write `&mut self`"
)]
pub trait Takes<A>: Sized {
    /// The agent itself.
    ///
    /// # Errors
    /// It was taken before, which generated code never does.
    fn take(self, instance: &mut Instance<A>) -> Result<A, AgentError> {
        instance.owned()
    }
}

#[diagnostic::do_not_recommend]
impl<A> Takes<A> for Free {}

/// The keys of `#[agent(..)]` that are about memory: whether they have an effect.
pub mod key {
    #![expect(non_camel_case_types, reason = "a key is asked for by the name that it is written with")]

    use crate::private::judge::Free;

    macro_rules! keys {
        ($($key:ident $message:literal)*) => {
            $(
                /// What the judge said of the agent's memory.
                #[diagnostic::on_unimplemented(message = $message, label = "no effect")]
                pub trait $key: Sized {
                    /// Asks.
                    fn check(self) {}
                }

                #[diagnostic::do_not_recommend]
                impl $key for Free {}
            )*
        };
    }

    keys! {
        memory_ttl "`memory_ttl` has no effect: the agent has no memory field\n\
            help: add `#[agent(memory)] memory: MemoryManager` to the struct, or remove the key"
        max_memory_items "`max_memory_items` has no effect: the agent has no memory field\n\
            help: add `#[agent(memory)] memory: MemoryManager` to the struct, or remove the key"
        auto_clean_interval "`auto_clean_interval` has no effect: the agent has no memory field\n\
            help: add `#[agent(memory)] memory: MemoryManager` to the struct, or remove the key"
    }
}

/// An index that is in no description.
///
/// # Errors
/// Always.
pub fn no_such_endpoint<A: Agent>() -> Result<(), AgentError> {
    let message = format!("agent `{}` has no such endpoint", A::DESCRIPTION.agent);
    Err(Error::new(ErrorKind::Other, message).into())
}
