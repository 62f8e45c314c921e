//! Why nothing was fetched.

use std::borrow::Cow;
use std::{fmt, io};

use crate::error::{Error, ErrorKind};

/// Why nothing was fetched. Its words may be read by a model: they say what was wrong, and neither what an internal
/// name resolves to nor anything of the headers that were sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchError {
    kind: FetchErrorKind,
    message: Cow<'static, str>,
}

/// The sorts of [`FetchError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FetchErrorKind {
    /// The address, a header or the body cannot be sent as they are.
    InvalidRequest,
    /// What was to be fetched, or what it redirects to, may not be reached; a name without an address is told so too.
    Refused,
    /// No connection could be made: nobody listens, or a certificate is not right.
    Connect,
    /// It took longer than the client's timeout.
    Timeout,
    /// The answer is larger than the client takes.
    TooLarge,
    /// There were more redirects than the client follows.
    TooManyRedirects,
    /// The answer broke off, or is not of the form that was asked for.
    InvalidResponse,
}

impl FetchError {
    pub(super) fn new(kind: FetchErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Self { kind, message: message.into() }
    }

    /// Which sort of error this is.
    pub fn kind(&self) -> FetchErrorKind {
        self.kind
    }

    /// From the HTTP library, whose own words may hold the whole address.
    pub(super) fn of_transport(error: reqwest::Error) -> Self {
        let mut cause: Option<&(dyn std::error::Error + 'static)> = std::error::Error::source(&error);
        while let Some(inner) = cause {
            if let Some(own) = inner.downcast_ref::<Self>() {
                return own.clone();
            }
            cause = inner.source();
        }
        let error = error.without_url();
        // For whoever runs this: a model reads less. Not in words, which may repeat what the model has written.
        tracing::debug!(cause = ?io_kind(&error), "nothing was fetched");
        if error.is_builder() {
            Self::new(
                FetchErrorKind::InvalidRequest,
                "the request cannot be sent: a header or its body is not valid",
            )
        } else if error.is_timeout() {
            Self::new(FetchErrorKind::Timeout, "the server could not be reached in time")
        } else if error.is_connect() {
            Self::new(FetchErrorKind::Connect, "no connection to the server could be made")
        } else {
            Self::new(FetchErrorKind::InvalidResponse, "the answer broke off, or is no HTTP")
        }
    }
}

/// What the operating system, or TLS, calls the error behind `error`. A certificate that does not count is
/// `InvalidData`.
fn io_kind(error: &(dyn std::error::Error + 'static)) -> Option<io::ErrorKind> {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.filter_map(|cause| cause.downcast_ref::<io::Error>()).last().map(io::Error::kind)
}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for FetchError {}

impl From<FetchError> for Error {
    fn from(error: FetchError) -> Self {
        Self::told(ErrorKind::Io, error)
    }
}
