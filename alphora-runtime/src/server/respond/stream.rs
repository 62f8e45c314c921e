//! Answers as a stream of server-sent events.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use axum::body::Body;
use axum::response::IntoResponse;
use http::{HeaderName, HeaderValue, Response, header};
use tokio::time::{Sleep, sleep};

use super::carrier::Step;
use super::heartbeat::Heartbeat;
use super::run_body::RunBody;
use super::{AnswerBody, Carrier, Identity, Refusal};
use crate::server::courier::Line;
use crate::stream::EventStream;

/// Tells nginx not to keep what it is sent.
const X_ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// Waits for the first event or the first heartbeat, whichever is earlier, and gives the clock of the heartbeats.
///
/// Until then the status line is open, so that what fails early is an HTTP error.
pub(in crate::server) async fn begin_stream(
    carrier: &mut Carrier,
    keep_alive: Duration,
) -> Result<Pin<Box<Sleep>>, Refusal> {
    let mut heartbeat = Box::pin(sleep(keep_alive));
    poll_fn(|context| {
        match carrier.step(context) {
            // A failure after an event is a late one, even if no byte has left yet: what was sent is not lost.
            Step::Failed(refusal) if !carrier.has_sent() => return Poll::Ready(Err(refusal)),
            Step::Failed(refusal) => carrier.output.fail(refusal.body()),
            Step::Answered => {}
            Step::Running if !carrier.output.poll_quiet(context) => {
                // What was interrupted before it has sent anything is an HTTP error as well.
                if carrier.output.interruption().is_some() && !carrier.has_sent() {
                    context.waker().wake_by_ref();
                    return Poll::Pending;
                }
            }
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
    Ok(heartbeat)
}

/// Answers with the stream of a run that has begun to answer.
pub(in crate::server) fn stream(
    mut carrier: Carrier,
    keep_alive: Duration,
    heartbeat: Pin<Box<Sleep>>,
    line: Option<&Line>,
) -> Response<AnswerBody> {
    carrier.answer();
    let response = event_response((), &carrier.identity);
    let errand = line.and_then(|line| line.errand(&carrier.output));
    let heartbeat = Heartbeat::new(keep_alive, heartbeat, carrier.output.activity().last_event);
    response.map(|()| AnswerBody::Run(Box::new(RunBody::new(carrier, heartbeat, errand))))
}

/// The headers of a stream: for clients, and for proxies that would otherwise buffer it.
pub(in crate::server) fn event_response<B>(body: B, identity: &Identity) -> Response<B> {
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    *headers = identity.room(3);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache, no-transform"));
    headers.insert(X_ACCEL_BUFFERING, HeaderValue::from_static("no"));
    identity.write(headers);
    response
}

/// The response of a streamer of one's own, in a handler of one's own.
impl IntoResponse for EventStream {
    fn into_response(self) -> Response<Body> {
        event_response(Body::from_stream(self), &Identity::new())
    }
}
