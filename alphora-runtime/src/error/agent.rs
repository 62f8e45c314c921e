//! Why an agent's method failed: a text for the client, or a cause for the log.

use std::fmt;

use super::{BoxError, Error};
use crate::wire::RequestError;

/// Why an agent's method failed.
///
/// Anything that is an error converts into it, `anyhow::Error` and `String` included, and stays *private*: the
/// client reads a request id, the log reads the cause. Only what [`AgentError::public`] says reaches the client, and
/// a field of the request that an accessor has refused (`request.temperature()?`), as the 400 that it deserves.
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
    /// The field of the request that was wrong, `error.param`; set for a field that an accessor of the request
    /// has refused.
    pub param: Option<String>,
}

impl AgentError {
    /// A failure that the client may read, word for word.
    ///
    /// `status` outside 400 to 599 becomes 500. An empty `code` is `null` on the wire.
    pub fn public(status: u16, code: impl Into<String>, message: impl Into<String>) -> Self {
        let status = if (400..=599).contains(&status) { status } else { 500 };
        let (code, message) = (code.into(), message.into());
        Self(Box::new(Cause::Public(PublicError { status, code, message, param: None })))
    }

    /// A field of the request that does not fit is the client's mistake, and it may read which.
    fn of_request(error: &RequestError) -> Self {
        Self(Box::new(Cause::Public(PublicError {
            status: 400,
            code: error.code().to_owned(),
            message: error.message().to_owned(),
            param: error.param().map(str::to_owned),
        })))
    }

    /// What the client is told, if this failure is public: made by [`AgentError::public`], or of a field of the request
    /// that an accessor has refused.
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
        let error = match error.into().downcast::<Error>() {
            // An agent's own error may have passed through `alphora::Error` on its way: its public text survives.
            Ok(framework) => match framework.into_agent_error() {
                Ok(agent) => return agent,
                Err(framework) => BoxError::from(framework),
            },
            Err(other) => other,
        };
        let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&*error);
        while let Some(link) = cause {
            if let Some(request) = link.downcast_ref::<RequestError>() {
                return Self::of_request(request);
            }
            // Only the framework's own wrapping is looked through: what a user wraps, the user has kept private.
            cause = if link.is::<Error>() { link.source() } else { None };
        }
        // Its own words may repeat what a user has written, and this is for the log.
        let error = match error.downcast::<serde_json::Error>() {
            Ok(json) => Error::from(*json).into(),
            Err(other) => other,
        };
        Self(Box::new(Cause::Private(error)))
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
