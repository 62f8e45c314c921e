//! A streamer of one's own: the seed's `DataStreamer` outside any agent.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use serde_json::Value;
use tokio::runtime::Handle;
use tokio::time::Sleep;

use super::output::Output;
use super::render::{Queue, ResponseHead, Surface, renderer};
use super::{DataStreamer, FinishReason};
use crate::clock::unix_now;
use crate::error::{Error, ErrorKind, Result};
use crate::random::Identifier;
use crate::wire::ErrorBody;

/// What the clones of a streamer of one's own share.
#[derive(Clone)]
pub(super) struct Standalone(Arc<Shared>);

struct Shared {
    output: Output,
    timeout: Duration,
    head: ResponseHead,
    /// A response was started: there is only one.
    started: AtomicBool,
}

impl Standalone {
    pub(super) fn new(timeout: Duration, model: String) -> Result<Self> {
        let id = Identifier::new("cmpl-")?;
        let created = unix_now();
        Ok(Self(Arc::new(Shared {
            output: Output::new(Box::new(Queue::default())),
            timeout,
            head: ResponseHead { id, created, model },
            started: AtomicBool::new(false),
        })))
    }

    pub(super) fn output(&self) -> &Output {
        &self.0.output
    }

    fn start(&self, stream: bool) -> Result<EventStream> {
        if Handle::try_current().is_err() {
            return Err(Error::new(
                ErrorKind::InvalidArgument,
                "a response has a time limit, which needs a Tokio runtime: start it in an async function that one \
                 runs, such as a handler, or after `let _entered = runtime.enter()`",
            ));
        }
        if self.0.started.swap(true, Ordering::Relaxed) {
            return Err(Error::new(
                ErrorKind::InvalidArgument,
                "this streamer's response was already started: make a `DataStreamer` for each response",
            ));
        }
        self.0.output.choose(renderer(Surface::AgentPath, stream, false, self.0.head.clone()));
        Ok(EventStream {
            output: self.0.output.clone(),
            producers: Arc::downgrade(&self.0),
            limit: Box::pin(tokio::time::sleep(self.0.timeout)),
        })
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.output.producer_gone();
    }
}

impl DataStreamer {
    /// Starts the response as a stream of server-sent events: bytes to send as they are, and with the `server`
    /// feature an axum response.
    ///
    /// It ends after [`stop`](Self::stop), at the timeout, or with an error event when the last clone of the
    /// streamer is gone without a `stop`.
    ///
    /// # Errors
    /// A response was already started, this is an agent's stream, whose response the server starts, or there is no
    /// Tokio runtime here, which the timeout needs.
    pub fn start_streaming_openai(&self) -> Result<EventStream> {
        self.standalone().ok_or_else(not_standalone)?.start(true)
    }

    /// Waits for the whole response and gives it as one `chat.completion` object.
    ///
    /// # Errors
    /// As [`start_streaming_openai`](Self::start_streaming_openai), and [`ErrorKind::Stopped`] when the last clone of
    /// the streamer is gone without a `stop`.
    pub async fn start_non_streaming_openai(&self) -> Result<Value> {
        let mut events = self.standalone().ok_or_else(not_standalone)?.start(false)?;
        let mut body = Vec::new();
        while let Some(Ok(bytes)) =
            std::future::poll_fn(|context| Pin::new(&mut events).poll_next(context)).await
        {
            body.extend_from_slice(&bytes);
        }
        let completion: Value = serde_json::from_slice(&body)?;
        match completion["error"]["message"].as_str() {
            Some(message) => Err(Error::new(ErrorKind::Stopped, message)),
            None => Ok(completion),
        }
    }
}

fn not_standalone() -> Error {
    Error::new(
        ErrorKind::InvalidArgument,
        "this stream is not one of your own: the server starts the response of an agent's stream; make one with \
         `DataStreamer::new(timeout, model_name)`",
    )
}

/// The server-sent events of a streamer of one's own; see [`DataStreamer::start_streaming_openai`].
pub struct EventStream {
    output: Output,
    producers: Weak<Shared>,
    limit: Pin<Box<Sleep>>,
}

impl Stream for EventStream {
    type Item = std::result::Result<Bytes, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        // First of all, so that a producer that is never silent ends as well.
        if self.limit.as_mut().poll(context).is_ready() {
            self.output.finish(&FinishReason::Timeout);
        }
        loop {
            if let Poll::Ready(read) = self.output.poll_read(context) {
                return Poll::Ready(read.map(|read| Ok(read.bytes)));
            }
            // Nothing to read and not closed: whoever could end it is asked, in order of what they mean.
            if self.output.is_stopped() {
                self.output.finish(&self.output.reason());
            } else if self.producers.strong_count() == 0 {
                // A producer that vanished must not look like one that was done.
                self.output.fail(
                    &ErrorBody::new("server_error", "the stream was dropped before it was stopped")
                        .with_code("stream_abandoned"),
                );
            } else {
                return Poll::Pending;
            }
        }
    }
}

impl Drop for EventStream {
    fn drop(&mut self) {
        // The client is gone: producers that wait for room learn it.
        self.output.abandon();
    }
}

impl std::fmt::Debug for EventStream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EventStream").finish_non_exhaustive()
    }
}
