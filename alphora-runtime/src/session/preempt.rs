//! How a later turn of a session ends the earlier ones.

use std::fmt;
use std::sync::Arc;

use super::Concurrency;

/// Knows the turns that are under way by number, and can tell one of them to end.
pub(crate) trait Preempt: Send + Sync {
    /// Tells turn number `turn` to end now; with `keep`, what it remembers so far is to be stored. It gives its
    /// session back by itself, soon. A turn that is over is told nothing.
    ///
    /// The pool calls this without its lock, in the task of the turn that comes next.
    fn preempt(&self, turn: u128, keep: bool);

    /// Tells turn number `turn` that it has lost its session to another process: nothing that it does can be stored
    /// any more.
    fn lose(&self, turn: u128);
}

/// One turn, as those that come after it see it.
#[derive(Clone)]
pub(crate) struct TurnHandle {
    /// Whoever knows the turn.
    pub(crate) turns: Arc<dyn Preempt>,
    /// The turn's number there. A number and not an object of its own: it costs no allocation, and few turns are
    /// ever ended by another.
    pub(crate) number: u128,
}

impl TurnHandle {
    pub(super) fn preempt(&self, keep: bool) {
        self.turns.preempt(self.number, keep);
    }

    pub(super) fn lose(&self) {
        self.turns.lose(self.number);
    }
}

impl fmt::Debug for TurnHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TurnHandle").field("number", &self.number).finish_non_exhaustive()
    }
}

/// How a turn comes to its session.
#[derive(Debug, Default)]
pub(crate) struct Claim {
    /// What it does if another turn is under way.
    pub(crate) concurrency: Concurrency,
    /// How later turns can end it; nothing if they cannot.
    pub(crate) handle: Option<TurnHandle>,
}

impl Claim {
    /// Whether this turn ends those before it, and then whether what the one under way remembers is kept.
    pub(super) fn supersedes(&self) -> Option<bool> {
        match self.concurrency {
            Concurrency::Enqueue | Concurrency::Reject => None,
            Concurrency::Interrupt => Some(true),
            Concurrency::Rollback => Some(false),
        }
    }
}
