//! The body of a streamed response: it polls the run itself, and takes what the run has written.
//!
//! This is the whole path from an agent's event to the socket. `send` renders into the output's buffer; this
//! body, polled by the connection's task, hands hyper all that is ready as one frame. There is no task and no
//! channel in between, so that a client that leaves drops the body and with it the run, and an agent that waits
//! for room is resumed by the very poll that makes it.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame};
use tokio::time::{Instant, Sleep};

use super::Carrier;
use super::carrier::Step;

/// A comment, which every client skips and every proxy counts as life.
const HEARTBEAT: &[u8] = b": keep-alive\n\n";

pub(super) struct RunBody {
    /// The run, until its last byte was taken.
    carrier: Option<Carrier>,
    keep_alive: Duration,
    /// When the stream has been silent for long enough. It is not moved by each chunk: when it fires, the last
    /// chunk's time decides.
    heartbeat: Pin<Box<Sleep>>,
    /// When the last heartbeat was sent.
    last_beat: Instant,
    /// The agent let go of its worker so that what it sent is written: hyper writes when it is told to wait.
    write_first: bool,
    /// The last frame was taken without letting the run go on. Tasks that the agent has spawned can keep the
    /// buffer full, and the run and its clocks must not starve behind them.
    run_next: bool,
}

impl RunBody {
    pub(super) fn new(carrier: Carrier, heartbeat: Pin<Box<Sleep>>, keep_alive: Duration) -> Self {
        let last_beat = carrier.output.activity().last_event;
        Self { carrier: Some(carrier), keep_alive, heartbeat, last_beat, write_first: false, run_next: false }
    }

    /// Whether a heartbeat is due; arms the next one.
    fn poll_heartbeat(&mut self, last_event: Instant, context: &mut Context<'_>) -> bool {
        while self.heartbeat.as_mut().poll(context).is_ready() {
            let now = Instant::now();
            let due = last_event.max(self.last_beat) + self.keep_alive;
            if due <= now {
                self.last_beat = now;
                self.heartbeat.as_mut().reset(now + self.keep_alive);
                return true;
            }
            self.heartbeat.as_mut().reset(due);
        }
        false
    }
}

impl Body for RunBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let this = &mut *self;
        let Some(carrier) = &mut this.carrier else { return Poll::Ready(None) };
        if std::mem::take(&mut this.write_first) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        // What is there goes out before the agent goes on.
        this.run_next = !this.run_next && !carrier.output.is_empty();
        if !this.run_next {
            match carrier.step(context) {
                Step::Running | Step::Answered => {}
                Step::Failed(refusal) => carrier.output.fail(refusal.body()),
            }
        }
        match carrier.output.poll_read(context) {
            Poll::Ready(Some(read)) => {
                this.write_first = read.write_first;
                Poll::Ready(Some(Ok(Frame::data(read.bytes))))
            }
            Poll::Ready(None) => {
                // The place among the runs is free before the connection is.
                this.carrier = None;
                Poll::Ready(None)
            }
            Poll::Pending => {
                let last_event = carrier.output.activity().last_event;
                if this.poll_heartbeat(last_event, context) {
                    return Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(HEARTBEAT)))));
                }
                Poll::Pending
            }
        }
    }
}
