//! How long, how many, how much.

use std::time::Duration;

/// What a pool holds at most. The defaults are those of the settings' documentation.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// A session that was not used for longer than this has expired.
    pub(super) ttl: Duration,
    /// Sessions that are stored, or new and in use.
    pub(super) items: usize,
    /// All stored sessions together.
    pub(super) bytes: usize,
    /// One stored session.
    pub(super) session_bytes: usize,
    /// Turns that may wait for one session.
    pub(super) queue: usize,
    /// How long they wait.
    pub(super) queue_wait: Duration,
}

impl Limits {
    pub(super) fn new(ttl: Duration, items: usize) -> Self {
        Self {
            ttl,
            items,
            bytes: 256 << 20,
            session_bytes: 8 << 20,
            queue: 16,
            queue_wait: Duration::from_secs(30),
        }
    }
}
