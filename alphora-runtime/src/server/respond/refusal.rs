//! A request that is answered with an error body.

use axum::response::IntoResponse;
use http::{HeaderValue, Response, StatusCode, header};

use super::{AnswerBody, Identity, failure, json_response};
use crate::agent::Failure;
use crate::error::Error;
use crate::server::AuthenticationError;
use crate::server::metrics::Reason;
use crate::session::SessionError;
use crate::wire::{ErrorBody, RequestError};

/// An HTTP status and OpenAI's error body.
#[derive(Debug, Clone)]
pub(in crate::server) struct Refusal {
    status: StatusCode,
    body: ErrorBody,
    /// Seconds after which the client may try again.
    retry_after: Option<u64>,
    /// OpenAI's clients repeat a failed request twice unless they are told not to.
    never_retry: bool,
    /// Whether to say how a request is signed.
    challenge: Option<Challenge>,
}

/// What `WWW-Authenticate` says.
#[derive(Debug, Clone, Copy)]
enum Challenge {
    Bearer,
    InvalidToken,
}

/// A request that is wrong.
impl From<RequestError> for Refusal {
    fn from(error: RequestError) -> Self {
        Self::new(StatusCode::BAD_REQUEST, error.to_body())
    }
}

impl Refusal {
    pub(in crate::server) fn new(status: StatusCode, body: ErrorBody) -> Self {
        Self { status, body, retry_after: None, never_retry: false, challenge: None }
    }

    /// A fault of the server's own, which the log has and the client does not read.
    pub(in crate::server) fn internal(error: &Error) -> Self {
        tracing::error!(?error, "a request could not be served");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            ErrorBody::new("server_error", "the server failed").with_code("internal_error"),
        )
    }

    /// The authentication has not let the request in.
    pub(in crate::server) fn not_let_in(error: &AuthenticationError) -> Self {
        match error {
            AuthenticationError::Unauthenticated(words) => Self::unauthorized(Challenge::Bearer, words),
            AuthenticationError::InvalidCredential(words) => {
                Self::unauthorized(Challenge::InvalidToken, words)
            }
            AuthenticationError::Forbidden(words) => Self::forbidden(&**words),
            AuthenticationError::Unavailable { retry_after } => {
                let body =
                    ErrorBody::new("server_error", error.to_string()).with_code("authentication_unavailable");
                Self::new(StatusCode::SERVICE_UNAVAILABLE, body).retry_after(retry_after.as_secs().max(1))
            }
        }
    }

    fn unauthorized(challenge: Challenge, words: &str) -> Self {
        let body = ErrorBody::new("invalid_request_error", words).with_code("invalid_api_key");
        Self { challenge: Some(challenge), ..Self::new(StatusCode::UNAUTHORIZED, body) }
    }

    /// It is known who it is, and this caller may not do this.
    pub(in crate::server) fn forbidden(words: impl Into<String>) -> Self {
        let body = ErrorBody::new("permission_error", words).with_code("permission_denied");
        Self::new(StatusCode::FORBIDDEN, body)
    }

    /// A session that could not be read or removed.
    pub(in crate::server) fn of_session(error: SessionError, identity: &Identity) -> Self {
        failure::of_run(&Failure::Session(error), identity)
    }

    /// The server takes nothing new; another one, or this one again, will.
    pub(in crate::server) fn shutting_down() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            ErrorBody::new("server_error", "the server is stopping: try again").with_code("shutdown"),
        )
        .retry_after(1)
    }

    pub(in crate::server) fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    pub(in crate::server) fn never_retry(mut self) -> Self {
        self.never_retry = true;
        self.retry_after = None;
        self
    }

    pub(in crate::server) fn body(&self) -> &ErrorBody {
        &self.body
    }

    pub(in crate::server) fn into_response(self, identity: &Identity) -> Response<AnswerBody> {
        let mut response = json_response(self.status, &self.body, identity);
        if identity.run_id.is_none() {
            let reason = Reason::of(self.status, self.body.error.code.as_deref());
            response.extensions_mut().insert(reason);
        }
        let headers = response.headers_mut();
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(challenge) = self.challenge {
            let challenge = match challenge {
                Challenge::Bearer => "Bearer",
                Challenge::InvalidToken => "Bearer error=\"invalid_token\"",
            };
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        if self.never_retry {
            headers.insert("x-should-retry", HeaderValue::from_static("false"));
        }
        response
    }
}

/// In a handler of one's own: OpenAI's error body, with 400 for what the client got wrong and 500 for the rest,
/// whose cause stays in the log.
impl IntoResponse for Error {
    fn into_response(self) -> axum::response::Response {
        let identity = Identity::new();
        failure::of_run(&Failure::Agent(self.into()), &identity)
            .into_response(&identity)
            .map(axum::body::Body::new)
    }
}

/// In a handler of one's own: a 400 with OpenAI's error body.
impl IntoResponse for RequestError {
    fn into_response(self) -> axum::response::Response {
        Refusal::from(self).into_response(&Identity::new()).map(axum::body::Body::new)
    }
}
