//! How long, how many, how much.

use std::time::Duration;

use super::slab::Slot;
use crate::session::share;

/// What a pool holds at most. The defaults are those of the settings' documentation.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// A session that was not used for longer than this has expired.
    pub(super) ttl: Duration,
    /// Sessions that are stored, or new and in use.
    pub(super) items: usize,
    /// All stored sessions together.
    pub(super) bytes: usize,
    /// The sessions of one owner with a name, if it was said.
    pub(super) owner_items: Option<usize>,
    /// What the sessions of one owner with a name take together, if it was said.
    pub(super) owner_bytes: Option<usize>,
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
            owner_items: None,
            owner_bytes: None,
            session_bytes: 8 << 20,
            queue: 16,
            queue_wait: Duration::from_secs(30),
        }
    }

    /// How many sessions there may be.
    pub(super) fn items(&self) -> usize {
        self.items.min(Slot::MOST)
    }

    /// How many of them one named owner may have.
    pub(super) fn owner_items(&self) -> usize {
        self.owner_items.unwrap_or_else(|| share(self.items))
    }

    /// How many bytes they may take.
    pub(super) fn owner_bytes(&self) -> usize {
        self.owner_bytes.unwrap_or_else(|| share(self.bytes))
    }
}
