//! How many turns wait for their sessions.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Counts the turns that wait.
#[derive(Debug, Default)]
pub(super) struct Waiters(AtomicUsize);

/// A turn that waits, until this is dropped.
#[derive(Debug)]
pub(super) struct Waiter<'a>(&'a AtomicUsize);

impl Waiters {
    pub(super) fn enter(&self) -> Waiter<'_> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Waiter(&self.0)
    }

    #[cfg(all(feature = "server", feature = "metrics"))]
    pub(super) fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
