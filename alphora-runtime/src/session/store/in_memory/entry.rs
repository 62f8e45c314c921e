//! One session, and who has it.

use tokio::time::Instant;

use crate::session::SessionKey;
use crate::session::store::{Preemption, Record, StoreLease};

/// The number of an entry, never given to another one.
pub(super) type Number = u64;

/// A session that was committed, or that a turn has begun.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) key: SessionKey,
    /// What is stored; nothing before the first commit.
    pub(super) record: Option<Record>,
    /// The turn whose commit was the last.
    pub(super) committed: Option<u128>,
    pub(super) holder: Option<Holder>,
    /// Where the session stands, unless it has no place yet.
    pub(super) place: Option<Place>,
    pub(super) named: bool,
    pub(super) created: Instant,
    pub(super) last_used: Instant,
    pub(super) expires: Instant,
}

/// The turn that has a session, or had it and let its lease expire.
#[derive(Debug, Clone, Copy)]
pub(super) struct Holder {
    pub(super) turn: u128,
    pub(super) fence: u64,
    pub(super) until: Instant,
    pub(super) preemption: Option<Preemption>,
}

/// In which order a session stands, with what it is found by there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Among those in use.
    InUse { until: Instant },
    /// Among those that can go.
    Idle { named: bool, last_used: Instant, expires: Instant },
}

impl Entry {
    pub(super) fn new(key: SessionKey, named: bool, now: Instant) -> Self {
        Self {
            key,
            record: None,
            committed: None,
            holder: None,
            place: None,
            named,
            created: now,
            last_used: now,
            expires: now,
        }
    }

    /// How many bytes its record counts for.
    pub(super) fn bytes(&self) -> u64 {
        self.record.as_ref().map_or(0, Record::bytes)
    }

    pub(super) fn version(&self) -> u64 {
        self.record.as_ref().map_or(0, |record| record.version)
    }

    /// Whether a turn has it whose lease has not expired.
    pub(super) fn is_in_use(&self, now: Instant) -> bool {
        self.holder.is_some_and(|holder| holder.until > now)
    }

    /// Whether it is no longer there, swept or not: it has expired, or was begun and its lease has expired.
    pub(super) fn is_gone(&self, now: Instant) -> bool {
        !self.is_in_use(now) && (self.record.is_none() || self.expires <= now)
    }

    /// Whether this lease is the one that can be committed.
    pub(super) fn is_held_by(&self, lease: &StoreLease) -> bool {
        self.holder.is_some_and(|holder| holder.turn == lease.turn && holder.fence == lease.fence)
    }
}
