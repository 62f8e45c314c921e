//! What must wait until the pool's lock is free again.

use tokio::sync::oneshot;

use super::entry::{Stored, Waiting};

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
}

impl Afterwards {
    pub(super) fn run(self) {
        drop(self.left);
        if let Some(wake) = self.wake {
            // A waiter that is gone by now hands the session on by itself.
            let _ = wake.send(());
        }
        drop(self.doomed);
    }
}
