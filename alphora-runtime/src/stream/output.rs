//! The buffer between an agent and its reader: bounded, and closed exactly once.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::activity::{Activity, Read, Sent};
use super::render::Render;
use super::{Event, FinishReason};
use crate::error::{Error, ErrorKind};
use crate::wire::{ErrorBody, Usage};

/// With this many unread bytes `send` waits for the reader. One event more than this can be in the buffer.
const HIGH_WATER: usize = 16 * 1024;

/// An agent that has run this long without letting go of its worker yields inside `send`, so that what it has
/// sent is written although it goes on computing.
const YIELD_AFTER: Duration = Duration::from_micros(500);

/// What a renderer may hold back until the end, which for a completion in one piece is all of it.
const MOST_HELD: usize = 64 * 1024 * 1024;

/// The reader's end of a run's output. Cheap to clone; all clones and all [`super::DataStreamer`]s of the run
/// share one buffer.
#[derive(Clone)]
pub(crate) struct Output(Arc<Mutex<State>>);

struct State {
    render: Box<dyn Render>,
    /// What is rendered and not yet read.
    buffer: BytesMut,
    phase: Phase,
    usage: Usage,
    /// The reader, while it waits for bytes or for the end.
    reader: Option<Waker>,
    /// Senders that wait for room.
    writers: Vec<Waker>,
    tool_calls: usize,
    interrupted: bool,
    activity: Activity,
    /// Tells what works for the run that it is over; made when somebody first asks.
    cancellation: Option<CancellationToken>,
    /// How many calls of models and tools are under way that have clocks of their own.
    busy: usize,
}

#[derive(Debug, PartialEq)]
enum Phase {
    Open,
    /// The agent said that it is done, and why; what is still to come is only the farewell.
    Stopped(FinishReason),
    /// The last byte has been rendered.
    Closed,
}

impl Output {
    pub(crate) fn new(render: Box<dyn Render>) -> Self {
        let now = Instant::now();
        // The first event of a live output finds its agent "running for long", so that it goes out at once.
        let resumed = if render.is_live() { now.checked_sub(YIELD_AFTER).unwrap_or(now) } else { now };
        Self(Arc::new(Mutex::new(State {
            render,
            buffer: BytesMut::new(),
            phase: Phase::Open,
            usage: Usage::default(),
            reader: None,
            writers: Vec::new(),
            tool_calls: 0,
            interrupted: false,
            activity: Activity {
                begun: false,
                events: 0,
                last_event: now,
                last_sign: None,
                resumed,
                yielded: false,
            },
            cancellation: None,
            busy: 0,
        })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A renderer that panicked leaves bytes behind, not a broken invariant: the run is failed by its
        // supervisor, and the reader still gets its ending.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    // === the agent's side ===

    /// Renders `event`, unless there is no room yet. A tool call gets its index here, so that calls are numbered in
    /// the order in which they are sent.
    pub(super) fn send(&self, event: &Event<'_>, context: &mut Context<'_>) -> Result<Sent, Error> {
        let mut state = self.state();
        state.check_open()?;
        state.check_held(event)?;
        if state.buffer.len() >= HIGH_WATER || state.render.is_full() {
            if !state.writers.iter().any(|waker| waker.will_wake(context.waker())) {
                state.writers.push(context.waker().clone());
            }
            return Ok(Sent::Full);
        }
        let now = Instant::now();
        state.activity.last_sign = Some(now);
        if matches!(event, Event::Content { text: "", .. }) {
            return Ok(Sent::Done(0));
        }
        let State { render, buffer, tool_calls, .. } = &mut *state;
        let index = *tool_calls;
        if let Event::ToolCallBegin { id, name, .. } = *event {
            *tool_calls += 1;
            render.event(&Event::ToolCallBegin { index, id, name }, buffer);
        } else {
            render.event(event, buffer);
        }
        let activity = &mut state.activity;
        activity.events += 1;
        activity.last_event = now;
        let long = now.saturating_duration_since(activity.resumed) >= YIELD_AFTER;
        activity.yielded |= long;
        state.wake_reader();
        Ok(if long { Sent::DoneAndYield(index) } else { Sent::Done(index) })
    }

    pub(super) fn add_usage(&self, usage: Usage) -> Result<(), Error> {
        let mut state = self.state();
        state.check_open()?;
        state.usage += usage;
        Ok(())
    }

    pub(super) fn usage(&self) -> Usage {
        self.state().usage
    }

    /// Marks the end; `None` is the plain `stop()`.
    pub(super) fn stop(&self, reason: Option<FinishReason>) -> Result<(), Error> {
        let mut state = self.state();
        state.check_open()?;
        let reason = reason.unwrap_or_else(|| state.natural_reason());
        state.phase = Phase::Stopped(reason);
        // Senders that wait for room learn that it is over.
        state.wake_writers();
        state.wake_reader();
        Ok(())
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.state().phase != Phase::Open
    }

    pub(super) fn stop_reason(&self) -> Option<FinishReason> {
        match &self.state().phase {
            Phase::Stopped(reason) => Some(reason.clone()),
            Phase::Open | Phase::Closed => None,
        }
    }

    /// A token that is cancelled when the run is over, however it ends.
    pub(crate) fn cancellation(&self) -> CancellationToken {
        let mut state = self.state();
        let closed = state.phase == Phase::Closed;
        let token = state.cancellation.get_or_insert_default().clone();
        drop(state);
        if closed {
            token.cancel();
        }
        token
    }

    /// Chooses the surface of events that were sent before anybody knew it.
    pub(super) fn choose(&self, render: Box<dyn Render>) {
        let mut state = self.state();
        let queued = std::mem::replace(&mut state.render, render).take_queued();
        let State { render, buffer, .. } = &mut *state;
        for event in &queued {
            render.event(&event.borrowed(), buffer);
        }
        state.wake_writers();
    }

    /// The last handle of a producer is gone: a reader that waits for more looks again.
    pub(super) fn producer_gone(&self) {
        self.state().wake_reader();
    }

    // === the supervisor's side ===

    /// The agent's method is about to be called: from now on a reader may be kept company.
    pub(crate) fn begin(&self) {
        self.state().activity.begun = true;
    }

    /// The executor has resumed the agent, in the reader's own task: the reader looks by itself afterwards, so
    /// that nothing the agent sends meanwhile has to wake it.
    pub(crate) fn resumed(&self) {
        let mut state = self.state();
        state.reader = None;
        state.activity.yielded = false;
        // Until the first event the agent counts as running for long, so that its first chunk goes out at once.
        if state.activity.events > 0 {
            state.activity.resumed = Instant::now();
        }
    }

    /// Whether the run is polled again soon in any case: something was sent that its live reader has to take.
    pub(crate) fn is_yielding(&self) -> bool {
        let state = self.state();
        state.activity.yielded && state.render.is_live()
    }

    pub(crate) fn activity(&self) -> Activity {
        self.state().activity
    }

    /// The ending that the agent asked for, or the natural one if it just returned.
    pub(crate) fn reason(&self) -> FinishReason {
        let state = self.state();
        match &state.phase {
            Phase::Stopped(reason) => reason.clone(),
            Phase::Open | Phase::Closed => state.natural_reason(),
        }
    }

    /// Renders the farewell of a run that ended well. Only the first ending counts.
    pub(crate) fn finish(&self, reason: &FinishReason) {
        let mut state = self.state();
        if state.phase != Phase::Closed {
            let usage = state.usage;
            let State { render, buffer, .. } = &mut *state;
            render.finish(reason, usage, buffer);
            let over = state.close();
            drop(state);
            cancel(over);
        }
    }

    /// Renders the farewell of a run that failed after its first byte. Only the first ending counts.
    pub(crate) fn fail(&self, error: &ErrorBody) {
        let mut state = self.state();
        if state.phase != Phase::Closed {
            let State { render, buffer, .. } = &mut *state;
            render.fail(error, buffer);
            let over = state.close();
            drop(state);
            cancel(over);
        }
    }

    /// Something happened that no client sees: the silence of the run begins anew.
    pub(crate) fn sign(&self) {
        self.state().activity.last_sign = Some(Instant::now());
    }

    /// A call with clocks of its own begins; while it lasts, only the run's total clock can expire.
    pub(crate) fn begin_call(&self) {
        self.state().busy += 1;
    }

    /// The call is over.
    pub(crate) fn end_call(&self) {
        let mut state = self.state();
        state.busy = state.busy.saturating_sub(1);
        state.activity.last_sign = Some(Instant::now());
    }

    pub(crate) fn is_busy(&self) -> bool {
        self.state().busy > 0
    }

    /// The method is over: whatever it has left running for this run is told so.
    pub(crate) fn cancel(&self) {
        let over = self.state().cancellation.clone();
        cancel(over);
    }

    // === the reader's side ===

    /// Asks whoever carries the run to end it now.
    pub(crate) fn interrupt(&self) {
        let mut state = self.state();
        state.interrupted = true;
        state.wake_reader();
    }

    pub(crate) fn is_interrupted(&self) -> bool {
        self.state().interrupted
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
        let quiet = state.buffer.is_empty() && state.phase != Phase::Closed && !state.interrupted;
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
            return Poll::Ready(Some(Read { bytes, write_first }));
        }
        if state.phase == Phase::Closed {
            return Poll::Ready(None);
        }
        state.reader = Some(context.waker().clone());
        Poll::Pending
    }

    /// Everything that was rendered, after the end.
    pub(crate) fn take(&self) -> Bytes {
        self.state().buffer.split().freeze()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.state().buffer.is_empty()
    }
}

fn cancel(token: Option<CancellationToken>) {
    if let Some(token) = token {
        token.cancel();
    }
}

impl State {
    fn check_open(&self) -> Result<(), Error> {
        if self.phase == Phase::Open {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::Stopped,
            "the stream was already stopped, so nothing more can be sent: send before `stop()`",
        ))
    }

    /// Refuses what a completion in one piece can no longer hold.
    fn check_held(&self, event: &Event<'_>) -> Result<(), Error> {
        if self.render.held().saturating_add(event.len()) <= MOST_HELD {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::InvalidArgument,
            format!(
                "a completion in one piece holds at most {} MiB: answer with a stream, or send less",
                MOST_HELD / (1024 * 1024)
            ),
        ))
    }

    fn natural_reason(&self) -> FinishReason {
        // A client only runs the tools it was asked to call if the reason says so.
        if self.tool_calls > 0 { FinishReason::ToolCalls } else { FinishReason::Stop }
    }

    /// Gives the token to cancel, when nobody holds the lock any longer: whoever it wakes may want it.
    #[must_use]
    fn close(&mut self) -> Option<CancellationToken> {
        self.phase = Phase::Closed;
        self.wake_writers();
        self.wake_reader();
        self.cancellation.clone()
    }

    fn wake_reader(&mut self) {
        if let Some(reader) = self.reader.take() {
            reader.wake();
        }
    }

    fn wake_writers(&mut self) {
        for writer in self.writers.drain(..) {
            writer.wake();
        }
    }
}
