//! Answers in one piece.

use std::future::poll_fn;
use std::task::Poll;

use axum::body::Body;
use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;

use super::carrier::Step;
use super::{Carrier, Identity, Refusal};

/// Runs to the end and answers with one JSON object. Dropping this future, as hyper does when the client leaves,
/// cancels the run.
pub(in crate::server) async fn whole(mut carrier: Carrier) -> Result<Response, Refusal> {
    poll_fn(|context| match carrier.step(context) {
        Step::Answered => Poll::Ready(Ok(())),
        Step::Failed(refusal) => Poll::Ready(Err(refusal)),
        // Only an interruption wakes this reader: nothing can be read before the end.
        Step::Running if carrier.output.poll_quiet(context) => Poll::Pending,
        Step::Running => {
            context.waker().wake_by_ref();
            Poll::Pending
        }
    })
    .await?;
    // Requests that arrived together are read before the first of them is answered. The answers then go out
    // together, and their readers, which are often one process, are woken once instead of once an answer.
    tokio::task::yield_now().await;
    Ok(with_body(StatusCode::OK, Body::from(carrier.output.take()), &carrier.identity))
}

/// A JSON response.
pub(in crate::server) fn json_response(
    status: StatusCode,
    body: &impl Serialize,
    identity: &Identity,
) -> Response {
    // What is serialised here are our own types, whose serialisation cannot fail.
    let bytes = serde_json::to_vec(body).unwrap_or_default();
    with_body(status, Body::from(bytes), identity)
}

fn with_body(status: StatusCode, body: Body, identity: &Identity) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    identity.write(headers);
    response
}
