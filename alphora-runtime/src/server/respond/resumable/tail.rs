//! What a resumable run has sent last: for the client that has begun it, and on its way to the log.
//!
//! Three look at it. The [pump](super::pump) puts events in, and waits while there is no room. The
//! [journal](super::journal) takes them to the log. The reader is the answer that has begun the run, so that it does
//! not wait for the log; one that is slow finds what it has missed there.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use tokio::sync::Notify;

use crate::server::respond::Refusal;
use crate::session::store::LoggedEvent;

mod journal;
mod reader;

pub(super) use journal::Batch;
pub(super) use reader::{Reader, Taken};

/// With this many bytes that the log does not have yet, or that the reader has not, the agent waits in `send` as soon
/// as its own buffer is full. A reader that takes nothing at all is left to the log after a while.
const MOST_KEPT: usize = 64 * 1024;

/// The last events of a run.
#[derive(Default)]
pub(super) struct Tail {
    state: Mutex<State>,
    /// Something has come that is for the log.
    journal: Notify,
}

#[derive(Default)]
struct State {
    /// Without gaps, and without those that nobody needs any more.
    events: VecDeque<LoggedEvent>,
    /// The bytes of those that the log does not have.
    unlogged: usize,
    /// The bytes of those that the reader does not have.
    untaken: usize,
    /// The number of the last event.
    last: u64,
    /// That of the last one that the log has.
    logged: u64,
    /// That of the last one that the reader was given.
    taken: u64,
    opening: Opening,
    log: Log,
    end: End,
    /// The answer that has begun the run is there, and takes what comes.
    has_reader: bool,
    pump: Option<Waker>,
    reader: Option<Waker>,
}

/// How the request that has begun the run is answered.
#[derive(Default)]
enum Opening {
    #[default]
    Undecided,
    /// With a stream: what goes wrong from now on is a part of it.
    Stream,
    /// With an error, as soon as the run has given up what it holds.
    Refusing,
    Refused(Refusal),
}

#[derive(Default, Clone, Copy, PartialEq)]
enum Log {
    #[default]
    Opening,
    Open,
    /// It did not do its part: nothing more is kept there.
    Lost,
}

#[derive(Default, Clone, Copy, PartialEq, PartialOrd)]
enum End {
    #[default]
    Open,
    /// All events are there; the last one is held back.
    Ended,
    /// The log has them, or never will.
    Sealed,
    /// The last one may be taken.
    Released,
}

impl Tail {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// For the answer that begins the run; there is one.
    pub(super) fn reader(self: &Arc<Self>) -> Reader {
        self.state().has_reader = true;
        Reader::new(self.clone())
    }

    /// Whether the answer has become a stream.
    pub(super) fn is_stream(&self) -> bool {
        matches!(self.state().opening, Opening::Stream)
    }

    /// Waits until events may be put in.
    pub(super) fn poll_room(&self, context: &Context<'_>) -> Poll<()> {
        let mut state = self.state();
        let for_log = state.log == Log::Lost || state.unlogged < MOST_KEPT;
        let for_reader = !state.has_reader || state.untaken < MOST_KEPT;
        if for_log && for_reader {
            return Poll::Ready(());
        }
        state.pump = Some(context.waker().clone());
        Poll::Pending
    }

    /// The last number that the reader was given, while it is what the pump waits for and might find the rest in the
    /// log.
    pub(super) fn waits_for_reader(&self) -> Option<u64> {
        let state = self.state();
        let waits = state.has_reader && state.untaken >= MOST_KEPT && state.log == Log::Open;
        waits.then_some(state.taken)
    }

    /// Waits no longer for the reader, until it comes back.
    pub(super) fn leave_reader(&self) {
        let mut state = self.state();
        state.has_reader = false;
        state.trim();
    }

    /// Puts events in that follow one another. With `ended` they are the last ones.
    pub(super) fn push(&self, events: Vec<LoggedEvent>, ended: bool) {
        let mut state = self.state();
        for event in events {
            state.last = event.id;
            state.unlogged += event.bytes.len();
            state.untaken += event.bytes.len();
            state.events.push_back(event);
        }
        if ended {
            state.end = state.end.max_of(End::Ended);
        }
        state.trim();
        wake(&mut state.reader);
        drop(state);
        self.journal.notify_one();
    }

    /// Whether the run, which has sent nothing, can still be answered with an error; then no answer begins any more
    /// before [`refuse`](Self::refuse).
    pub(super) fn begin_refusal(&self) -> bool {
        let mut state = self.state();
        let undecided = matches!(state.opening, Opening::Undecided);
        if undecided {
            state.opening = Opening::Refusing;
        }
        undecided
    }

    /// Answers with an error.
    pub(super) fn refuse(&self, refusal: Refusal) {
        let mut state = self.state();
        state.opening = Opening::Refused(refusal);
        state.end = state.end.max_of(End::Ended);
        wake(&mut state.reader);
        drop(state);
        self.journal.notify_one();
    }

    /// Waits until the log has all events, or never will.
    pub(super) fn poll_sealed(&self, context: &Context<'_>) -> Poll<()> {
        let mut state = self.state();
        if state.end >= End::Sealed {
            return Poll::Ready(());
        }
        state.pump = Some(context.waker().clone());
        Poll::Pending
    }

    /// Lets the reader have the last event.
    pub(super) fn release(&self) {
        let mut state = self.state();
        state.end = End::Released;
        wake(&mut state.reader);
    }
}

impl State {
    /// Forgets what nobody needs any more.
    fn trim(&mut self) {
        while let Some(first) = self.events.front() {
            let lost = self.log == Log::Lost;
            let for_log = !lost && first.id > self.logged;
            let for_reader = self.has_reader && first.id > self.taken;
            if for_log || for_reader {
                return;
            }
            self.events.pop_front();
        }
    }
}

impl End {
    fn max_of(self, other: Self) -> Self {
        if self < other { other } else { self }
    }
}

fn wake(waker: &mut Option<Waker>) {
    if let Some(waker) = waker.take() {
        waker.wake();
    }
}
