//! Polls a resumable run to its end, and puts what it sends where its clients find it.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::time::{Sleep, sleep, timeout};

use super::numbering::Numbering;
use super::tail::Tail;
use crate::server::idempotency::{Claim, Kept};
use crate::server::respond::carrier::Step;
use crate::server::respond::{Carrier, Refusal};
use crate::session::store::LoggedEvent;
use crate::stream::{Interruption, Output};

/// How long the end of a run waits for the log, which has less patience with each of its steps.
const SEALED: Duration = Duration::from_secs(20);

/// How long while the server stops: what is cut then has a second for its last event.
const SEALED_AT_SHUTDOWN: Duration = Duration::from_millis(500);

/// How long a client may take nothing of what waits for it before the run goes on without it.
const READER_STALLED: Duration = Duration::from_secs(5);

/// Polls the run of `carrier`, whatever becomes of its clients. It keeps its clocks and its place among the runs, and
/// can be interrupted like any other.
///
/// A run that has a key and is refused after its method was called has an answer like any other, which is kept: at most
/// `most` bytes of it.
pub(super) async fn pump(mut carrier: Carrier, tail: Arc<Tail>, claim: Option<Arc<Claim>>, most: usize) {
    let mut numbering = Numbering::default();
    let mut stalled = None;
    let refused = poll_fn(|context| {
        let polled = poll(&mut carrier, &tail, &mut numbering, context);
        if polled.is_pending() {
            watch_reader(&tail, &mut stalled, context);
        }
        polled
    })
    .await;
    if let Some(refusal) = refused {
        match claim {
            Some(_) if carrier.output.activity().begun => {
                let response = refusal.clone().into_response(&carrier.identity);
                let event = LoggedEvent { id: 1, bytes: Kept::of(&response).encode(most) };
                tail.push(vec![event], true);
                wait_for_log(&tail, carrier.output.clone()).await;
            }
            Some(claim) => {
                claim.release().await;
                tail.push(vec![LoggedEvent { id: 1, bytes: Kept::refusal().encode(most) }], true);
            }
            None => {}
        }
        // The place among the runs is free before the client knows.
        drop(carrier);
        tail.refuse(refusal);
        return;
    }
    wait_for_log(&tail, carrier.output.clone()).await;
    drop(carrier);
    tail.release();
}

/// Waits until the log has all there is of a run that has ended, for a bounded time.
pub(super) async fn wait_for_log(tail: &Tail, output: Output) {
    let stops = output.interruption() == Some(Interruption::Shutdown);
    let limit = if stops { SEALED_AT_SHUTDOWN } else { SEALED };
    let sealed = timeout(limit, pin!(poll_fn(|context| tail.poll_sealed(context)))).await;
    if sealed.is_err() {
        tracing::warn!("a run has ended before its log has");
    }
}

/// Has the run go on without a client that takes nothing, though it is still there: it finds the rest in the log.
fn watch_reader(tail: &Tail, stalled: &mut Option<(u64, Pin<Box<Sleep>>)>, context: &mut Context<'_>) {
    let Some(taken) = tail.waits_for_reader() else {
        *stalled = None;
        return;
    };
    if stalled.as_ref().is_none_or(|(before, _)| *before != taken) {
        *stalled = Some((taken, Box::pin(sleep(READER_STALLED))));
    }
    if let Some((_, timer)) = stalled
        && timer.as_mut().poll(context).is_ready()
    {
        tail.leave_reader();
        context.waker().wake_by_ref();
    }
}

/// Ready when the last event is in the tail, or with what the request is to be refused with.
fn poll(
    carrier: &mut Carrier,
    tail: &Tail,
    numbering: &mut Numbering,
    context: &mut Context<'_>,
) -> Poll<Option<Refusal>> {
    if tail.is_stream() {
        carrier.answer();
    }
    if let Step::Failed(refusal) = carrier.step(context) {
        if !carrier.has_sent() && tail.begin_refusal() {
            return Poll::Ready(Some(refusal));
        }
        carrier.output.fail(refusal.body());
    }
    if tail.poll_room(context).is_pending() {
        carrier.output.note_reader(context);
        return Poll::Pending;
    }
    // One read at a time: tasks of the agent's could fill the output for ever, and the run and its clocks go on.
    let Some(read) = ready!(carrier.output.poll_read(context)) else {
        tail.push(Vec::new(), true);
        return Poll::Ready(None);
    };
    tail.push(numbering.number(read.bytes), !read.open);
    if read.open {
        context.waker().wake_by_ref();
        return Poll::Pending;
    }
    Poll::Ready(None)
}
