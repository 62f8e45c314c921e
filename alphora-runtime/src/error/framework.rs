//! What the framework itself refuses or fails at.

use std::fmt;

use super::{AgentError, AgentValidationError, BoxError};

/// What the framework refused or failed at, in words that say what to do.
///
/// [`Error::kind`] sorts it; [`Error::validation`] gives the typed form of a mistake in what was published.
pub struct Error(Box<Repr>);

struct Repr {
    kind: ErrorKind,
    message: String,
    cause: Cause,
}

enum Cause {
    None,
    Source(BoxError),
    Validation(AgentValidationError),
    Agent(AgentError),
}

/// The sorts of [`Error`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// What was published cannot be served; [`Error::validation`] says why.
    Validation,
    /// The stream belongs to no run: it came from `Default` and was never bound.
    Detached,
    /// The stream was already stopped, or its run has ended.
    Stopped,
    /// An argument that the called function cannot take.
    InvalidArgument,
    /// A request field that does not fit the type it was asked for.
    InvalidRequest,
    /// A session could not be had, kept or read.
    Session,
    /// A stored memory that no longer fits its type.
    Memory,
    /// Input or output: an address in use, a file that cannot be read.
    Io,
    /// An agent's own failure, passed through.
    Agent,
    /// Anything else.
    Other,
}

impl Error {
    /// An error of `kind` that says `message`.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Repr { kind, message: message.into(), cause: Cause::None }))
    }

    /// The same error with what caused it.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<BoxError>) -> Self {
        self.0.cause = Cause::Source(source.into());
        self
    }

    /// Which sort of error this is.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The mistake in what was published, if that is what this is.
    pub fn validation(&self) -> Option<&AgentValidationError> {
        match &self.0.cause {
            Cause::Validation(error) => Some(error),
            _ => None,
        }
    }

    /// The agent's own failure that this carries, or the error itself.
    pub(super) fn into_agent_error(self) -> Result<AgentError, Self> {
        match *self.0 {
            Repr { cause: Cause::Agent(agent), .. } => Ok(agent),
            repr => Err(Self(Box::new(repr))),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.cause {
            Cause::Validation(error) => error.fmt(f),
            Cause::Agent(error) => error.fmt(f),
            Cause::None | Cause::Source(_) => f.write_str(&self.0.message),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Error");
        debug.field("kind", &self.0.kind).field("message", &self.to_string());
        if let Cause::Source(source) = &self.0.cause {
            debug.field("source", source);
        }
        debug.finish()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0.cause {
            Cause::Source(source) => Some(&**source),
            _ => None,
        }
    }
}

impl From<AgentValidationError> for Error {
    fn from(error: AgentValidationError) -> Self {
        Self(Box::new(Repr {
            kind: ErrorKind::Validation,
            message: String::new(),
            cause: Cause::Validation(error),
        }))
    }
}

impl From<AgentError> for Error {
    fn from(error: AgentError) -> Self {
        Self(Box::new(Repr { kind: ErrorKind::Agent, message: String::new(), cause: Cause::Agent(error) }))
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        Self::new(ErrorKind::Io, error.to_string()).with_source(error)
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::new(ErrorKind::Other, error.to_string()).with_source(error)
    }
}

/// A text of the agent's own, which stays private as every error does that was not made public.
impl From<String> for Error {
    fn from(message: String) -> Self {
        Self::new(ErrorKind::Agent, message)
    }
}

impl From<&str> for Error {
    fn from(message: &str) -> Self {
        Self::new(ErrorKind::Agent, message)
    }
}

impl From<BoxError> for Error {
    fn from(error: BoxError) -> Self {
        Self::new(ErrorKind::Other, error.to_string()).with_source(error)
    }
}
