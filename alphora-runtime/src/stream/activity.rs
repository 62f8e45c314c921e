//! What an output tells of itself: when something last happened, what was ready to read, what became of an event.

use bytes::Bytes;
use tokio::time::Instant;

/// When something last happened, for the clocks of a run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Activity {
    /// The method was called; before, the run waits for its session.
    pub(crate) begun: bool,
    /// How many events were sent.
    pub(crate) events: u64,
    /// When the last one was sent, or the output was made.
    pub(crate) last_event: Instant,
    /// When the agent last sent anything, be it an empty piece, of which a client learns nothing.
    pub(crate) last_sign: Option<Instant>,
    /// When the agent was last resumed by its executor.
    pub(super) resumed: Instant,
    /// The agent yielded only so that its output is written.
    pub(super) yielded: bool,
}

/// What was ready.
pub(crate) struct Read {
    pub(crate) bytes: Bytes,
    /// These bytes should be on their way before the agent goes on.
    pub(crate) write_first: bool,
}

/// What became of an event.
pub(super) enum Sent {
    /// It is in the buffer; the number is the index of a tool call that it has begun.
    Done(usize),
    /// It is in the buffer, and the agent should let go of its worker so that it is written.
    DoneAndYield(usize),
    /// There is no room yet; the waker is called when there is.
    Full,
}
