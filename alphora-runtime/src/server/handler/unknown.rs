//! What is not here, said in OpenAI's words.

use axum::extract::{OriginalUri, Request};
use http::Response;
use http::StatusCode;

use super::super::respond::{AnswerBody, Identity, Refusal};
use crate::wire::ErrorBody;

/// A path that nothing is served under.
pub(in crate::server) async fn wrong_path(request: Request) -> Response<AnswerBody> {
    refuse(&request, StatusCode::NOT_FOUND, "unknown_url", "unknown request URL")
}

/// A path that is served, under another method; the `Allow` header is the router's.
pub(in crate::server) async fn wrong_method(request: Request) -> Response<AnswerBody> {
    refuse(
        &request,
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        "this URL does not take this method",
    )
}

fn refuse(request: &Request, status: StatusCode, code: &str, what: &str) -> Response<AnswerBody> {
    // Nested in an application, the client's path is longer than the one that is left of it here.
    let uri = request.extensions().get::<OriginalUri>().map_or_else(|| request.uri(), |original| &original.0);
    let path: String = uri.path().chars().take(128).collect();
    let message = format!("{what}: {} {}", request.method(), path.escape_default());
    Refusal::new(status, ErrorBody::new("invalid_request_error", message).with_code(code))
        .into_response(&Identity::new())
}
