//! What is known of sessions in memory alone: who has them, and uses that are not written down.

use std::collections::HashMap;
use std::time::Duration;

use super::clock::Now;
use super::header::Header;
use super::key::Key;
use crate::session::store::Preemption;

/// How many sessions may be lent at once; above, the store is full.
const MOST_LEASES: usize = 1 << 20;

/// How many sessions may have uses that are not written down; above, a use is written when it happens.
const MOST_USES: usize = 100_000;

/// A lease that has expired can still be renewed or committed, if nobody has taken the session since: for ever among
/// so few, else for so long.
const FEW: usize = 10_000;
const REMEMBERED: Duration = Duration::from_secs(600);

/// What is known in memory of one session.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Entry {
    pub(super) held: Option<Held>,
    pub(super) used: Option<Used>,
}

/// A lease.
#[derive(Debug, Clone, Copy)]
pub(super) struct Held {
    pub(super) turn: u128,
    pub(super) fence: u64,
    /// On the steady clock.
    pub(super) until: Duration,
    /// Whether a client has named the session.
    pub(super) named: bool,
    pub(super) preemption: Option<Preemption>,
}

/// A use that the header does not say, or not yet on the disk. Milliseconds since 1970.
#[derive(Debug, Clone, Copy)]
pub(super) struct Used {
    pub(super) at: u64,
    pub(super) expires: u64,
    /// Whether the transaction under way writes it.
    pub(super) written: bool,
}

impl Entry {
    /// The lease that has not expired.
    pub(super) fn lent(&self, now: Now) -> Option<Held> {
        self.held.filter(|held| held.until > now.steady)
    }

    /// Whether the session of `header` has expired. One that is in use has not.
    pub(super) fn is_expired(&self, header: &Header, now: Now, first: u64) -> bool {
        self.lent(now).is_none() && header.expires(self, first) <= now.wall
    }

    fn is_empty(&self) -> bool {
        self.held.is_none() && self.used.is_none()
    }
}

/// What is known in memory of all sessions. What a transaction changes here is undone if it is not made.
#[derive(Debug, Default)]
pub(super) struct Live {
    entries: HashMap<Key, Entry>,
    changed: Vec<(Key, Entry)>,
}

impl Live {
    pub(super) fn get(&self, key: &[u8]) -> Entry {
        self.entries.get(key).copied().unwrap_or_default()
    }

    pub(super) fn set(&mut self, key: &Key, entry: Entry) {
        self.changed.push((key.clone(), self.get(key)));
        self.put(key, entry);
    }

    fn put(&mut self, key: &Key, entry: Entry) {
        if entry.is_empty() {
            self.entries.remove(key);
        } else {
            self.entries.insert(key.clone(), entry);
        }
    }

    /// The transaction is made: its headers say what was only known here.
    pub(super) fn keep(&mut self) {
        for (key, _) in std::mem::take(&mut self.changed) {
            let mut entry = self.get(&key);
            entry.used = entry.used.filter(|used| !used.written);
            self.put(&key, entry);
        }
    }

    /// The transaction is not made.
    pub(super) fn undo(&mut self) {
        for (key, before) in std::mem::take(&mut self.changed).into_iter().rev() {
            self.put(&key, before);
        }
    }

    /// Whether no more sessions can be lent.
    pub(super) fn is_full(&self) -> bool {
        self.entries.len() >= MOST_LEASES
    }

    /// Whether uses have to be written down.
    pub(super) fn is_crowded(&self) -> bool {
        self.entries.len() >= MOST_USES
    }

    /// Forgets leases and uses that nobody asks for any more.
    pub(super) fn prune(&mut self, now: Now) {
        if self.entries.len() <= FEW {
            return;
        }
        self.entries.retain(|_, entry| {
            entry.held = entry.held.filter(|held| held.until.saturating_add(REMEMBERED) > now.steady);
            entry.used = entry.used.filter(|used| used.expires > now.wall || entry.held.is_some());
            !entry.is_empty()
        });
    }
}
