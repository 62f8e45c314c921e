//! Answers in one piece.

use std::future::poll_fn;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use serde::Serialize;

use super::carrier::Step;
use super::{AnswerBody, Carrier, Identity, Refusal};

/// Runs to the end and answers with one JSON object. Dropping the carrier, as hyper does when the client leaves, cancels
/// the run.
pub(in crate::server) async fn whole(carrier: &mut Carrier) -> Result<Response<AnswerBody>, Refusal> {
    poll_fn(|context| poll_whole(carrier, context)).await?;
    // Requests that arrived together are read before the first of them is answered. The answers then go out
    // together, and their readers, which are often one process, are woken once instead of once an answer.
    requeued().await;
    Ok(with_body(StatusCode::OK, carrier.output.take(), &carrier.identity))
}

/// Lets the tasks that are ready go first. Unlike `yield_now`, which also lets the runtime look for more of them, it takes
/// no turn of its own where the connection is to be polled again anyway.
async fn requeued() {
    let mut was_polled = false;
    poll_fn(|context| {
        if std::mem::replace(&mut was_polled, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Ready when the run has ended.
pub(super) fn poll_whole(carrier: &mut Carrier, context: &mut Context<'_>) -> Poll<Result<(), Refusal>> {
    match carrier.step(context) {
        Step::Answered => Poll::Ready(Ok(())),
        Step::Failed(refusal) => Poll::Ready(Err(refusal)),
        // Only an interruption wakes this reader: nothing can be read before the end.
        Step::Running if carrier.output.poll_quiet(context) => Poll::Pending,
        Step::Running => {
            context.waker().wake_by_ref();
            Poll::Pending
        }
    }
}

/// A JSON response.
pub(in crate::server) fn json_response(
    status: StatusCode,
    body: &impl Serialize,
    identity: &Identity,
) -> Response<AnswerBody> {
    // What is serialised here are our own types, whose serialisation cannot fail.
    let bytes = serde_json::to_vec(body).unwrap_or_default();
    with_body(status, bytes.into(), identity)
}

pub(super) fn with_body(status: StatusCode, body: Bytes, identity: &Identity) -> Response<AnswerBody> {
    let mut response = Response::new(AnswerBody::Whole(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    *headers = identity.room(1);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    identity.write(headers);
    response
}
