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
    /// An error whose words are the message already, so that a chain goes on with what is behind it.
    Told(BoxError),
    /// One whose words are not the message, because they may repeat what a user has written.
    Json(serde_json::Error),
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
    /// A stored memory that no longer fits its type, or a history that cannot be sent to a model.
    Memory,
    /// A model did not answer, or not to the end; the source is a [`ModelError`](crate::model::ModelError).
    Model,
    /// A tool could not be registered or gave no result, or a loop of tool calls came to no end.
    Tool,
    /// Input or output: an address in use, a file that cannot be read, something that could not be fetched.
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

    /// An error of `kind` that says what `error` says, in its place.
    pub(crate) fn told(kind: ErrorKind, error: impl Into<BoxError>) -> Self {
        let error = error.into();
        Self(Box::new(Repr { kind, message: error.to_string(), cause: Cause::Told(error) }))
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
            Cause::None | Cause::Source(_) | Cause::Told(_) | Cause::Json(_) => f.write_str(&self.0.message),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Error");
        debug.field("kind", &self.0.kind).field("message", &self.to_string());
        if let Cause::Source(source) | Cause::Told(source) = &self.0.cause {
            debug.field("source", source);
        }
        debug.finish()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0.cause {
            Cause::Source(source) => Some(&**source),
            Cause::Told(error) => error.source(),
            Cause::Json(error) => Some(error),
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
        Self::told(ErrorKind::Io, error)
    }
}

/// A task that panicked or was cancelled.
impl From<tokio::task::JoinError> for Error {
    fn from(error: tokio::task::JoinError) -> Self {
        Self::told(ErrorKind::Other, error)
    }
}

/// What serde says of a value that does not fit repeats the value, which may be what a user has written: the message
/// says what was expected, and where. The source has serde's own words.
impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        let message = crate::hidden::json_problem(&error);
        Self(Box::new(Repr { kind: ErrorKind::Other, message, cause: Cause::Json(error) }))
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

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;
    use crate::error::PublicError;
    use crate::wire::RequestError;

    /// What a printer of chains shows.
    fn chain(error: &(dyn std::error::Error + 'static)) -> Vec<String> {
        std::iter::successors(Some(error), |error| error.source()).map(ToString::to_string).collect()
    }

    #[derive(Debug, thiserror::Error)]
    #[error("the disk is full")]
    struct Disk(#[source] fmt::Error);

    #[test]
    fn a_chain_says_nothing_twice() {
        let error = Error::from(io::Error::from(io::ErrorKind::AddrInUse));
        assert_eq!((error.kind(), chain(&error)), (ErrorKind::Io, vec!["address in use".to_owned()]));
        assert!(format!("{error:?}").contains("AddrInUse"), "{error:?}");

        let error = Error::from(io::Error::other(Disk(fmt::Error)));
        assert_eq!(chain(&error), ["the disk is full", &fmt::Error.to_string()]);
        assert_eq!(
            std::error::Error::source(&error).and_then(|source| source.downcast_ref()),
            Some(&fmt::Error)
        );

        let error = Error::from(serde_json::from_str::<u8>("x").unwrap_err());
        assert_eq!(
            (error.kind(), chain(&error)),
            (
                ErrorKind::Other,
                vec!["no JSON at line 1 column 1".to_owned(), "expected value at line 1 column 1".to_owned()]
            )
        );
        let unfit = || serde_json::from_str::<u8>("\"what a user has written\"").unwrap_err();
        let of_agents = [AgentError::from(unfit()), AgentError::from(Error::from(unfit()))];
        let shown = of_agents.map(|error| format!("{error} {error:?}")).concat();
        assert!(!shown.contains("written") && shown.contains("expected u8"), "{shown}");
    }

    #[test]
    fn a_refused_field_of_the_request_can_still_be_found() {
        let refused = RequestError::invalid_value("temperature", "it is too warm");
        let error = Error::from(refused.clone());
        assert_eq!(
            std::error::Error::source(&error).and_then(|source| source.downcast_ref()),
            Some(&refused)
        );
        let public = AgentError::from(error);
        let Some(PublicError { status: 400, param, .. }) = public.public_error() else {
            panic!("{public:?}")
        };
        assert_eq!(param.as_deref(), Some("temperature"));
    }
}
