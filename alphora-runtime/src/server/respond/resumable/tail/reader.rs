//! What the answer that has begun the run takes.

use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};

use super::{End, Log, Opening, Tail, wake};
use crate::server::respond::Refusal;

/// How much of an answer is handed to its connection at once.
const FRAME: usize = 16 * 1024;

/// What there is for the reader.
#[derive(Debug, PartialEq)]
pub(in super::super) enum Taken {
    /// Events, the last of which has this number.
    Events(u64, Bytes),
    /// The next one is only in the log.
    Behind,
    Ended,
}

/// Reads for the answer that has begun the run. Dropping it is that client's leaving.
pub(in super::super) struct Reader(Arc<Tail>);

impl Reader {
    pub(super) fn new(tail: Arc<Tail>) -> Self {
        Self(tail)
    }

    /// Waits for the first event, or for what the request is refused with. From then on the answer is a stream.
    pub(in super::super) fn poll_begun(&self, context: &Context<'_>) -> Poll<Result<(), Refusal>> {
        let mut state = self.0.state();
        if let Opening::Refused(_) = &state.opening
            && let Opening::Refused(refusal) = std::mem::replace(&mut state.opening, Opening::Refusing)
        {
            return Poll::Ready(Err(refusal));
        }
        // What is kept of a refusal is for others.
        let is_refused = matches!(state.opening, Opening::Refusing);
        if !is_refused && (state.last > 0 || state.end > End::Open) {
            state.opening = Opening::Stream;
            return Poll::Ready(Ok(()));
        }
        state.reader = Some(context.waker().clone());
        Poll::Pending
    }

    /// Has the answer be a stream although there is no event yet, unless it is being refused.
    pub(in super::super) fn begin(&self) -> bool {
        let mut state = self.0.state();
        if matches!(state.opening, Opening::Refusing | Opening::Refused(_)) {
            return false;
        }
        state.opening = Opening::Stream;
        true
    }

    /// Waits until the log knows the run, and says whether it does.
    pub(in super::super) fn poll_opened(&self, context: &Context<'_>) -> Poll<bool> {
        let mut state = self.0.state();
        match state.log {
            Log::Open => Poll::Ready(true),
            Log::Lost => Poll::Ready(false),
            Log::Opening => {
                state.reader = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }

    /// Waits for what comes after the event that was taken last.
    pub(in super::super) fn poll_take(&self, context: &Context<'_>) -> Poll<Taken> {
        let mut state = self.0.state();
        let held_back = u64::from(state.end > End::Open && state.end < End::Released);
        let taken = state.taken;
        if taken >= state.last - held_back.min(state.last) {
            if state.end == End::Released {
                return Poll::Ready(Taken::Ended);
            }
            state.reader = Some(context.waker().clone());
            return Poll::Pending;
        }
        if state.events.front().is_none_or(|first| first.id > taken + 1) {
            return Poll::Ready(Taken::Behind);
        }
        state.has_reader = true;
        let until = state.last - held_back;
        let mut frame = BytesMut::new();
        let mut given = taken;
        for event in state.events.iter().filter(|event| event.id > taken && event.id <= until) {
            if given > taken && frame.len() + event.bytes.len() > FRAME {
                break;
            }
            frame.extend_from_slice(&event.bytes);
            given = event.id;
        }
        state.taken = given;
        state.untaken = state.untaken.saturating_sub(frame.len());
        state.trim();
        wake(&mut state.pump);
        Poll::Ready(Taken::Events(given, frame.freeze()))
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.has_reader = false;
        state.trim();
        wake(&mut state.pump);
    }
}
