//! What can go wrong, by who has to act: the agent's method, the framework, or whoever publishes.

mod agent;
#[cfg(any(feature = "llm", feature = "fetch"))]
mod cause;
mod framework;
mod validation;

pub use agent::{AgentError, PublicError};
#[cfg(any(feature = "llm", feature = "fetch"))]
pub(crate) use cause::root;
pub use framework::{Error, ErrorKind};
pub use validation::AgentValidationError;

/// A boxed error of any type, as `std` spells it.
pub type BoxError = Box<dyn std::error::Error + Send + Sync + 'static>;

/// What agents and `main` return: nothing, or an [`Error`].
///
/// Both parameters can be given: `alphora::Result<String, AgentError>`.
pub type Result<T = (), E = Error> = std::result::Result<T, E>;
