//! Why a request is not let in.

use std::borrow::Cow;
use std::time::Duration;

/// Why a request is not let in.
///
/// The client reads its words: they must not help anybody to guess a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AuthenticationError {
    /// Nobody has signed the request, or not in a way that is known here: status 401.
    #[error("{0}")]
    Unauthenticated(Cow<'static, str>),
    /// What signs the request does not count here, or no longer: status 401, and `WWW-Authenticate` says
    /// `invalid_token`.
    #[error("{0}")]
    InvalidCredential(Cow<'static, str>),
    /// It is known who it is, and this caller may not do this: status 403.
    #[error("{0}")]
    Forbidden(Cow<'static, str>),
    /// It cannot be found out at the moment who it is: status 503.
    #[error("it cannot be checked at the moment who sends the request: try again")]
    Unavailable {
        /// When it may be possible again.
        retry_after: Duration,
    },
}

impl AuthenticationError {
    /// That there is no API key.
    pub fn unauthenticated() -> Self {
        Self::Unauthenticated(Cow::Borrowed(
            "the request has no API key: send one as `Authorization: Bearer <API key>`",
        ))
    }

    /// That there is an API key, and that it is not one of those that are known.
    pub fn invalid_credential() -> Self {
        Self::InvalidCredential(Cow::Borrowed(
            "incorrect API key: it is not one of those that are known here; ask whoever runs this server for one",
        ))
    }

    /// That this caller may not do this.
    pub fn forbidden(words: impl Into<Cow<'static, str>>) -> Self {
        Self::Forbidden(words.into())
    }
}
