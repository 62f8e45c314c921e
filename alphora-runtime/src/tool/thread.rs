//! Threads for tools that are not async: how many there are, and whether a call still waits for one.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Semaphore;

/// How many tools that are not async run at a time in the whole process. Those that nobody waits for any longer count
/// until they end, because no thread can be stopped.
///
/// Tokio has 512 threads for work that blocks, unless it is told otherwise. The rest is for others: names of hosts are
/// looked up there.
pub(crate) const MOST_THREADS: usize = 128;

/// A permit for each of the threads.
pub(crate) static THREADS: Semaphore = Semaphore::const_new(MOST_THREADS);

/// Whether a call waits for a thread. The thread and the call's clock both end the wait; the first one decides
/// whether the tool is begun, and so what is said of it is true.
#[derive(Debug, Clone, Default)]
pub(crate) struct ThreadWait(Arc<AtomicBool>);

impl ThreadWait {
    /// The call waits from now on.
    pub(crate) fn begin(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// Ends the wait; whether there was one.
    pub(crate) fn end(&self) -> bool {
        self.0.swap(false, Ordering::SeqCst)
    }
}
