//! Answers as a stream of server-sent events.

use std::future::poll_fn;
use std::task::Poll;
use std::time::Duration;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};
use tokio::time::sleep;

use super::carrier::Step;
use super::run_body::RunBody;
use super::{Carrier, Identity, Refusal};
use crate::stream::EventStream;

/// Waits for the first event or the first heartbeat, whichever is earlier, and then answers with a stream.
///
/// Until then the status line is open, so that what fails early is an HTTP error.
pub(in crate::server) async fn stream(
    mut carrier: Carrier,
    keep_alive: Duration,
) -> Result<Response, Refusal> {
    let mut heartbeat = Box::pin(sleep(keep_alive));
    poll_fn(|context| {
        match carrier.step(context) {
            // A failure after an event is a late one, even if no byte has left yet: what was sent is not lost.
            Step::Failed(refusal) if !carrier.has_sent() => return Poll::Ready(Err(refusal)),
            Step::Failed(refusal) => carrier.output.fail(refusal.body()),
            Step::Answered => {}
            Step::Running if !carrier.output.poll_quiet(context) => {}
            Step::Running => {
                if heartbeat.as_mut().poll(context).is_pending() {
                    return Poll::Pending;
                }
                // A run that still waits for its session has no first event to wait for: its own clock decides.
                if !carrier.output.activity().begun {
                    heartbeat.set(sleep(keep_alive));
                    context.waker().wake_by_ref();
                    return Poll::Pending;
                }
            }
        }
        Poll::Ready(Ok(()))
    })
    .await?;
    carrier.answer();
    let identity = carrier.identity.clone();
    Ok(events(Body::new(RunBody::new(carrier, heartbeat, keep_alive)), &identity))
}

/// The headers of a stream: for clients, and for proxies that would otherwise buffer it.
fn events(body: Body, identity: &Identity) -> Response {
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache, no-transform"));
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    identity.write(headers);
    response
}

/// The response of a streamer of one's own, in a handler of one's own.
impl IntoResponse for EventStream {
    fn into_response(self) -> Response {
        events(Body::from_stream(self), &Identity::new())
    }
}
