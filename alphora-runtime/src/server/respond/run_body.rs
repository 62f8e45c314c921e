//! The body of a streamed response: it polls the run itself, and takes what the run has written.
//!
//! This is the whole path from an agent's event to the socket. `send` renders into the output's buffer; this
//! body, polled by the connection's task, hands hyper all that is ready as one frame. There is no task and no
//! channel in between, so that a client that leaves drops the body and with it the run, and an agent that waits
//! for room is resumed by the very poll that makes it.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame};

use super::Carrier;
use super::carrier::Step;
use super::heartbeat::{HEARTBEAT, Heartbeat};
use super::run_waker::RunWaker;
use crate::server::courier::Errand;
use crate::server::metrics::OpenStream;

pub(in crate::server) struct RunBody {
    /// The run, until its last byte was taken.
    carrier: Option<Carrier>,
    /// Brings out what the agent sends before it computes, where there is a connection to do so.
    errand: Option<Arc<Errand>>,
    heartbeat: Heartbeat,
    /// What the run and the heartbeat are polled with.
    waker: RunWaker,
    next: Next,
    /// The last frame was taken without letting the run go on. Tasks that the agent has spawned can keep the
    /// buffer full, and the run and its clocks must not starve behind them.
    run_next: bool,
    _open: Option<OpenStream>,
}

/// What a body has to do when it is polled.
#[derive(PartialEq)]
enum Next {
    /// To hand hyper what is there, so that it leaves with the head.
    Begin,
    /// To look.
    Look,
    /// To wait once, so that hyper writes, where nobody can see whether it has: the agent let go of its worker so
    /// that what it sent is on its way, or has filled the buffer.
    GiveWay,
    /// Nothing, before the waker is called: all that was there was taken, and the run waits.
    Wait,
    /// To say that there is no more.
    End,
}

impl RunBody {
    pub(super) fn new(carrier: Carrier, heartbeat: Heartbeat, errand: Option<Arc<Errand>>) -> Self {
        // The head of the response is not written yet.
        hold(errand.as_ref());
        let (waker, next) = (RunWaker::new(), Next::Begin);
        let open = carrier.application().map(|application| OpenStream::new(&application.metrics));
        Self { carrier: Some(carrier), errand, heartbeat, waker, next, run_next: false, _open: open }
    }
}

/// hyper gets something to write: nothing goes past it until it has.
fn hold(errand: Option<&Arc<Errand>>) {
    if let Some(errand) = errand {
        errand.hold();
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
        // Asked in any case: the task may be another one than before.
        let woken = this.waker.take(context);
        let mut context = Context::from_waker(this.waker.waker());
        let next = std::mem::replace(&mut this.next, Next::Look);
        let with_head = next == Next::Begin && !carrier.output.is_empty();
        match next {
            Next::Wait if !woken => {
                this.next = Next::Wait;
                return Poll::Pending;
            }
            Next::End => {
                // The place among the runs is free before the connection is.
                this.carrier = None;
                return Poll::Ready(None);
            }
            Next::GiveWay => {
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            Next::Begin | Next::Look | Next::Wait => {}
        }
        if !with_head
            && let Some(errand) = &this.errand
            && errand.poll_clear(&context).is_pending()
        {
            // hyper has not written the last frame, be it that it was not asked to yet, or that the client takes
            // nothing. Until then the agent does not go on, but its clocks do, and it can be ended.
            if woken {
                carrier.output.hold(true);
                let step = carrier.step(&mut context);
                carrier.output.hold(false);
                if let Step::Failed(refusal) = step {
                    carrier.output.fail(refusal.body());
                }
                carrier.output.note_reader(&context);
            }
            this.next = Next::Wait;
            return Poll::Pending;
        }
        // What is there goes out before the agent goes on.
        this.run_next = !this.run_next && !carrier.output.is_empty();
        if !this.run_next {
            let polled = this.errand.as_ref().map(Errand::begin);
            let step = carrier.step(&mut context);
            drop(polled);
            if let Step::Failed(refusal) = step {
                carrier.output.fail(refusal.body());
            }
        }
        let frame = match carrier.output.poll_read(&mut context) {
            Poll::Ready(Some(read)) => {
                this.next = if !read.open {
                    Next::End
                } else if read.write_first && this.errand.is_none() {
                    Next::GiveWay
                } else if !read.write_first && !this.run_next && this.heartbeat.calls() {
                    Next::Wait
                } else {
                    Next::Look
                };
                read.bytes
            }
            Poll::Ready(None) => {
                // The place among the runs is free before the connection is.
                this.carrier = None;
                return Poll::Ready(None);
            }
            Poll::Pending => {
                if !this.heartbeat.is_due(carrier.output.activity().last_event, &mut context) {
                    this.next = Next::Wait;
                    return Poll::Pending;
                }
                Bytes::from_static(HEARTBEAT)
            }
        };
        hold(this.errand.as_ref());
        Poll::Ready(Some(Ok(Frame::data(frame))))
    }
}
