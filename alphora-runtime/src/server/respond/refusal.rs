//! A request that is answered with an error body.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};

use super::{Identity, failure, json_response};
use crate::agent::Failure;
use crate::error::Error;
use crate::wire::{ErrorBody, RequestError};

/// An HTTP status and OpenAI's error body.
#[derive(Debug)]
pub(in crate::server) struct Refusal {
    status: StatusCode,
    body: ErrorBody,
    /// Seconds after which the client may try again.
    retry_after: Option<u64>,
    /// OpenAI's clients repeat a failed request twice unless they are told not to.
    never_retry: bool,
}

impl Refusal {
    pub(in crate::server) fn new(status: StatusCode, body: ErrorBody) -> Self {
        Self { status, body, retry_after: None, never_retry: false }
    }

    pub(in crate::server) fn bad_request(error: &RequestError) -> Self {
        Self::new(StatusCode::BAD_REQUEST, error.to_body())
    }

    /// A fault of the server's own, which the log has and the client does not read.
    pub(in crate::server) fn internal(error: &Error) -> Self {
        tracing::error!(%error, "a request could not be served");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            ErrorBody::new("server_error", "the server failed").with_code("internal_error"),
        )
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

    pub(super) fn never_retry(mut self) -> Self {
        self.never_retry = true;
        self
    }

    pub(super) fn body(&self) -> &ErrorBody {
        &self.body
    }

    pub(in crate::server) fn into_response(self, identity: &Identity) -> Response {
        let mut response = json_response(self.status, &self.body, identity);
        let headers = response.headers_mut();
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
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
    fn into_response(self) -> Response {
        let identity = Identity::new();
        failure::of_run(&Failure::Agent(self.into()), &identity).into_response(&identity)
    }
}

/// In a handler of one's own: a 400 with OpenAI's error body.
impl IntoResponse for RequestError {
    fn into_response(self) -> Response {
        Refusal::bad_request(&self).into_response(&Identity::new())
    }
}
