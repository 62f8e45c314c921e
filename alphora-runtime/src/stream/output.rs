//! The buffer between an agent and its reader: bounded, and closed exactly once.
//!
//! Three look at it: the agent sends (here), its supervisor sees to an end, and the reader takes what is there.

use std::sync::Arc;
use std::task::{Context, Waker};
use std::time::Duration;

use bytes::BytesMut;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::activity::{Activity, Sent};
use super::observe::Observe;
use super::render::Render;
use super::{Event, FinishReason, Interruption};
use crate::error::{Error, ErrorKind};
use crate::sync::{Mutex, MutexGuard, PoisonError};
use crate::telemetry::RunSpan;
use crate::wire::Usage;

/// With this many unread bytes `send` waits for the reader. One event more than this can be in the buffer: with an
/// ordinary one that is just below the power of two to which the buffer grows.
const HIGH_WATER: usize = 15 * 1024;

/// An agent that has run this long without letting go of its worker yields inside `send`, so that what it has
/// sent is written although it goes on computing.
const YIELD_AFTER: Duration = Duration::from_micros(500);

/// What a renderer may hold back until the end, which for a completion in one piece is all of it.
const MOST_HELD: usize = 64 * 1024 * 1024;

mod reader;
mod supervisor;
mod usage;
mod watched;

use self::usage::Untold;

pub(crate) use supervisor::Resumed;

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
    /// What calls have used whose models did not say how much that is.
    untold: Untold,
    /// The reader, while it waits for bytes or for the end.
    reader: Option<Waker>,
    /// Senders that wait for room.
    writers: Vec<Waker>,
    tool_calls: usize,
    interruption: Option<Interruption>,
    /// The method is over, and what it remembers is being stored: nothing interrupts the run any more.
    settling: bool,
    /// The reader has no use for more at the moment: the run's clocks go on, its agent does not.
    held: bool,
    /// How many bytes were brought out past the reader.
    passed: u64,
    activity: Activity,
    /// Tells what works for the run that it is over; made when somebody first asks.
    cancellation: Option<CancellationToken>,
    /// How many calls of models and tools are under way that have clocks of their own.
    busy: usize,
    /// The span of the run, until it is over: what it calls is a part of it, also in tasks that it has spawned.
    span: Option<Box<RunSpan>>,
    /// Is told what the run calls.
    observer: Option<Arc<dyn Observe>>,
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
        let is_live = render.is_live();
        let resumed = if is_live { now.checked_sub(YIELD_AFTER).unwrap_or(now) } else { now };
        Self(Arc::new(Mutex::new(State {
            render,
            buffer: BytesMut::new(),
            phase: Phase::Open,
            usage: Usage::default(),
            untold: Untold::default(),
            reader: None,
            writers: Vec::new(),
            tool_calls: 0,
            interruption: None,
            settling: false,
            held: false,
            passed: 0,
            activity: Activity {
                begun: false,
                events: 0,
                last_event: now,
                first_event: None,
                last_sign: None,
                resumed,
                burst: 0,
                yielded: false,
                is_live,
            },
            cancellation: None,
            busy: 0,
            span: None,
            observer: None,
        })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A renderer that panicked leaves bytes behind, not a broken invariant: the run is failed by its
        // supervisor, and the reader still gets its ending.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Renders `event`, unless there is no room yet. A tool call gets its index here, so that calls are numbered in
    /// the order in which they are sent.
    pub(super) fn send(&self, event: &Event<'_>, context: &mut Context<'_>) -> Result<Sent, Error> {
        let mut state = self.state();
        state.check_open()?;
        // What is read while the run goes on keeps nothing but the buffer.
        let is_live = state.activity.is_live;
        if !is_live {
            state.check_held(event)?;
        }
        if state.buffer.len() >= HIGH_WATER || (!is_live && state.render.is_full()) {
            if !state.writers.iter().any(|waker| waker.will_wake(context.waker())) {
                state.writers.push(context.waker().clone());
            }
            return Ok(Sent::Full);
        }
        if matches!(event, Event::Content { text: "", .. }) {
            state.activity.last_sign = Some(Instant::now());
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
        let long = state.activity.note_event().is_some_and(|ran| ran >= YIELD_AFTER);
        state.activity.yielded |= long;
        state.wake_reader();
        Ok(if long { Sent::DoneAndYield(index) } else { Sent::Done(index) })
    }

    /// Marks the end; `None` is the plain `stop()`.
    pub(super) fn stop(&self, reason: Option<FinishReason>) -> Result<(), Error> {
        let mut state = self.state();
        state.check_open()?;
        // An empty one would be no end to clients.
        let reason =
            reason.filter(|reason| !reason.as_str().is_empty()).unwrap_or_else(|| state.natural_reason());
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
        state.activity.is_live = render.is_live();
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
