//! What must wait until the pool's lock is free again.

use std::panic::{AssertUnwindSafe, catch_unwind};

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
        if self.doomed.is_empty() {
            return;
        }
        // One user's memory that panics when dropped must not fail the request that happened to evict it.
        if catch_unwind(AssertUnwindSafe(|| drop(self.doomed))).is_err() {
            tracing::error!("a memory that was removed from the pool panicked when it was dropped");
        }
    }
}
