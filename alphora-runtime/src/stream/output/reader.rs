//! How the reader of a run takes what is there.

use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};

use super::{HIGH_WATER, Output, Phase, State, cancel};
use crate::stream::Interruption;
use crate::stream::activity::Read;

impl Output {
    /// Asks whoever carries the run to end it now.
    pub(crate) fn interrupt(&self, why: Interruption) {
        let mut state = self.state();
        state.interruption.get_or_insert(why);
        state.wake_reader();
    }

    pub(crate) fn interruption(&self) -> Option<Interruption> {
        self.state().interruption
    }

    /// The reader is gone: nothing more is kept, and whoever still sends learns that it is over.
    pub(crate) fn abandon(&self) {
        let mut state = self.state();
        state.buffer = BytesMut::new();
        let over = state.close();
        drop(state);
        cancel(over);
    }

    /// Whether the next thing to do is to wait for the run: nothing to read, not closed, not interrupted. Then
    /// the reader is woken when that changes.
    pub(crate) fn poll_quiet(&self, context: &mut Context<'_>) -> bool {
        let mut state = self.state();
        let quiet = state.buffer.is_empty() && state.phase != Phase::Closed && !state.is_interrupted();
        if quiet {
            state.reader = Some(context.waker().clone());
        }
        quiet
    }

    /// All that is ready, at once. `Ready(None)` after the last byte.
    pub(crate) fn poll_read(&self, context: &mut Context<'_>) -> Poll<Option<Read>> {
        let mut state = self.state();
        if !state.buffer.is_empty() {
            // An agent that fills the buffer, or that gave way, wants what it has sent to be written now.
            let write_first = std::mem::take(&mut state.activity.yielded) || state.buffer.len() >= HIGH_WATER;
            let bytes = state.buffer.split().freeze();
            state.wake_writers();
            let open = state.phase != Phase::Closed;
            // A reader that has taken everything need not look again before there is more.
            state.note_reader(context);
            return Poll::Ready(Some(Read { bytes, write_first, open }));
        }
        if state.phase == Phase::Closed {
            return Poll::Ready(None);
        }
        state.note_reader(context);
        Poll::Pending
    }

    /// Whether the last byte was rendered.
    pub(crate) fn is_closed(&self) -> bool {
        self.state().phase == Phase::Closed
    }

    /// Has this reader woken when something happens, whatever is ready now.
    pub(crate) fn note_reader(&self, context: &Context<'_>) {
        self.state().note_reader(context);
    }

    /// What is ready, while the run is being polled: for somebody who brings it out meanwhile.
    pub(crate) fn take_unread(&self) -> Option<Bytes> {
        let mut state = self.state();
        let bytes = (!state.buffer.is_empty()).then(|| state.buffer.split().freeze());
        state.passed += bytes.as_ref().map_or(0, |bytes| bytes.len() as u64);
        // What an agent gave way for is on its way.
        state.activity.yielded = false;
        state.wake_writers();
        bytes
    }

    /// Everything that was rendered, after the end.
    pub(crate) fn take(&self) -> Bytes {
        self.state().buffer.split().freeze()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.state().buffer.is_empty()
    }
}

impl State {
    /// Has this reader woken when there is more.
    fn note_reader(&mut self, context: &Context<'_>) {
        self.reader = Some(context.waker().clone());
        // While the run was polled there was no reader to be woken by an end from outside.
        if self.is_interrupted() && self.phase != Phase::Closed {
            context.waker().wake_by_ref();
        }
    }

    /// Whether the run has yet to hear of an interruption.
    fn is_interrupted(&self) -> bool {
        self.interruption.is_some() && !self.settling
    }
}
