//! What must wait until the pool's lock is free again.

use std::collections::VecDeque;

use tokio::sync::oneshot;

use super::entry::{Stored, Waiting};
use crate::session::TurnHandle;

/// Collects, under the lock, what is done after it: code that is not ours may run then, take its time, panic, or
/// come back to the pool.
#[derive(Debug, Default)]
pub(super) struct Afterwards {
    /// Memories to drop.
    pub(super) doomed: Vec<Stored>,
    /// The turn that was given a session.
    pub(super) wake: Option<oneshot::Sender<()>>,
    /// A turn that has left the queue.
    pub(super) left: Option<Waiting>,
    /// The handle of a turn that is over.
    pub(super) over: Option<TurnHandle>,
    /// Turns that wait no longer, because a later one takes their place. Each looks, and finds that it is so.
    pub(super) superseded: VecDeque<Waiting>,
    /// The turn that is to end for a later one, and whether what it remembers is kept.
    pub(super) preempted: Option<(TurnHandle, bool)>,
}

impl Afterwards {
    pub(super) fn run(self) {
        drop((self.left, self.over, self.superseded));
        if let Some(wake) = self.wake {
            // A waiter that is gone by now hands the session on by itself.
            let _ = wake.send(());
        }
        if let Some((handle, keep)) = self.preempted {
            handle.preempt(keep);
        }
        drop(self.doomed);
    }
}
