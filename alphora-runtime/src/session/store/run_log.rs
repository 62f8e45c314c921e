//! The events of runs whose clients may come back for the rest.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::StoreFuture;
use crate::session::Owner;

/// Keeps the events of resumable streams, and the answers of requests with an `Idempotency-Key`, for a bounded time and
/// size.
///
/// One process appends to a run's log, the one where the run is; any process that shares the store reads it. What says
/// which run a key belongs to is a claim, which has a name space of its own.
pub trait RunLog: Send + Sync + fmt::Debug + 'static {
    /// Begins the log of a run, which exists from now on for at least `limits.time`, and is gone soon after. A sign of
    /// life.
    fn open<'a>(&'a self, run: &'a RunKey, limits: &'a RunLogLimits) -> StoreFuture<'a, ()>;

    /// Adds events with consecutive ids, the first of which follows the last that was added; the first of all is 1.
    /// Where the log would hold more than its bytes, its oldest events go. Those that are there already are not added
    /// again, so that an append whose answer was lost can be repeated. A sign of life.
    ///
    /// # Errors
    /// [`StoreError::UnknownRun`](super::StoreError::UnknownRun): there is no such log, or its time is over.
    fn append<'a>(&'a self, run: &'a RunKey, events: &'a [LoggedEvent]) -> StoreFuture<'a, ()>;

    /// Notes that there will be no more events.
    fn finish<'a>(&'a self, run: &'a RunKey) -> StoreFuture<'a, ()>;

    /// The events after the one with id `after`, 0 for all: as many as are there, up to a bound that the log chooses
    /// (at least one). If there are none yet, it may wait for some, for at most `wait`.
    fn read<'a>(&'a self, run: &'a RunKey, after: u64, wait: Duration) -> StoreFuture<'a, RunEvents>;

    /// Asks the process where the run is to end it, and says whether there is such a run that has not ended.
    fn cancel<'a>(&'a self, run: &'a RunKey) -> StoreFuture<'a, bool>;

    /// Whether somebody has asked for the run's end. The process where the run is asks about once a second while it is
    /// under way: a sign of life.
    fn is_cancelled<'a>(&'a self, run: &'a RunKey) -> StoreFuture<'a, bool>;

    /// For how long the process where the run is has given no sign of life, by the store's clock. Nothing if there is
    /// no such run, or if it has ended.
    fn silence<'a>(&'a self, run: &'a RunKey) -> StoreFuture<'a, Option<Duration>>;

    /// Claims `key` with a note for `time` from now, unless it is claimed with another note, which is given then. Of many
    /// that claim at once, one succeeds.
    ///
    /// Who claims again with its own note has it still, or again, for `time` from now: so a claim whose answer was lost
    /// can be repeated, and one can be made longer or shorter. A note has at most some hundred bytes.
    ///
    /// # Errors
    /// [`StoreError::Capacity`](super::StoreError::Capacity): no claim is forgotten before its time for another one.
    fn claim<'a>(
        &'a self,
        key: &'a RunKey,
        note: &'a Bytes,
        time: Duration,
    ) -> StoreFuture<'a, Option<Bytes>>;

    /// Gives a claim up that was made with this note. Another one is left as it is.
    fn disclaim<'a>(&'a self, key: &'a RunKey, note: &'a Bytes) -> StoreFuture<'a, ()>;
}

/// A run: of which agent, whose, and its number. Another owner's run is one that does not exist.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RunKey {
    /// The agent's published name.
    pub agent: Arc<str>,
    /// Who has begun it.
    pub owner: Owner,
    /// The random number of its id; of a claim, the digest of what is claimed.
    pub run: u128,
}

/// How much of a run is kept, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunLogLimits {
    /// From the beginning of the run, and again from its end. Default 10 minutes.
    pub time: Duration,
    /// Of its events. Default 4 MiB.
    pub bytes: usize,
}

impl Default for RunLogLimits {
    fn default() -> Self {
        Self { time: Duration::from_secs(600), bytes: 4 << 20 }
    }
}

/// One event of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedEvent {
    /// Its number in the run, from 1.
    pub id: u64,
    /// What a client is sent: the whole event, its id and the empty line at its end included.
    pub bytes: Bytes,
}

/// What a log has of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunEvents {
    /// There is no such run, or its time is over.
    Unknown,
    /// Events after the one that was named are no longer kept.
    Gone,
    /// The events.
    Events {
        /// In the order of their ids; none if there are none yet.
        events: Vec<LoggedEvent>,
        /// Whether there will be none after these.
        ended: bool,
    },
}
