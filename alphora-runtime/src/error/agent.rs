//! Why an agent's method failed: a text for the client, or a cause for the log.

use std::fmt;

use super::{BoxError, Error};

/// Why an agent's method failed.
///
/// Anything that is an error converts into it, `anyhow::Error` and `String` included, and stays *private*: the
/// client reads a request id, the log reads the cause. Only what [`AgentError::public`] says reaches the client.
///
/// ```
/// use alphora_runtime::AgentError;
///
/// fn balance(account: &str) -> Result<u32, AgentError> {
///     if account.is_empty() {
///         // The client sees this text, as an HTTP 404 with OpenAI's error body.
///         return Err(AgentError::public(404, "account_not_found", "there is no such account"));
///     }
///     // The client sees "the agent failed" and a request id; the log has the parser's words.
///     Ok(account.parse::<u32>()?)
/// }
/// assert_eq!(balance("").unwrap_err().public_error().unwrap().status, 404);
/// assert!(balance("x").unwrap_err().public_error().is_none());
/// ```
///
/// Like `anyhow::Error` it does not implement `std::error::Error`, which is what lets `?` convert everything.
pub struct AgentError(Box<Cause>);

enum Cause {
    Public(PublicError),
    Private(BoxError),
}

/// What a client is told of a failure.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PublicError {
    /// The HTTP status, 400 to 599; used when nothing has been sent yet.
    pub status: u16,
    /// A word for programs, `error.code` of OpenAI's error body; empty: `null`.
    pub code: String,
    /// A sentence for people, `error.message`.
    pub message: String,
}

impl AgentError {
    /// A failure that the client may read, word for word.
    ///
    /// `status` outside 400 to 599 becomes 500. An empty `code` is `null` on the wire.
    pub fn public(status: u16, code: impl Into<String>, message: impl Into<String>) -> Self {
        let status = if (400..=599).contains(&status) { status } else { 500 };
        Self(Box::new(Cause::Public(PublicError { status, code: code.into(), message: message.into() })))
    }

    /// What the client is told, if this failure was made by [`AgentError::public`].
    pub fn public_error(&self) -> Option<&PublicError> {
        match &*self.0 {
            Cause::Public(public) => Some(public),
            Cause::Private(_) => None,
        }
    }

    /// The cause of a private failure, as it was before it became an `AgentError`.
    pub fn source(&self) -> Option<&(dyn std::error::Error + Send + Sync + 'static)> {
        match &*self.0 {
            Cause::Public(_) => None,
            Cause::Private(cause) => Some(&**cause),
        }
    }
}

impl<E: Into<BoxError>> From<E> for AgentError {
    fn from(error: E) -> Self {
        // An agent's own error may have passed through `alphora::Error` on its way: its public text survives.
        match error.into().downcast::<Error>() {
            Ok(framework) => match framework.into_agent_error() {
                Ok(agent) => agent,
                Err(framework) => Self(Box::new(Cause::Private(Box::new(framework)))),
            },
            Err(other) => Self(Box::new(Cause::Private(other))),
        }
    }
}

impl fmt::Display for AgentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            Cause::Public(public) => f.write_str(&public.message),
            Cause::Private(cause) => write!(f, "{cause}"),
        }
    }
}

impl fmt::Debug for AgentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            Cause::Public(public) => public.fmt(f),
            Cause::Private(cause) => write!(f, "{cause:?}"),
        }
    }
}
