//! Idle sessions in the order of their last use, which is also the order in which they expire.

use std::time::Duration;

use tokio::time::Instant;

use super::entry::Entry;
use super::slab::{Slab, Slot};

/// A session stands in the lists of all sessions.
pub(super) const ALL: usize = 0;

/// It also stands in the lists of its owner's, if that one has a name.
pub(super) const OWN: usize = 1;

/// The neighbours of an entry in a list.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Links {
    before: Option<Slot>,
    after: Option<Slot>,
}

/// A list of idle sessions, the one that was used least recently in front. Each step costs the same.
#[derive(Debug, Default)]
pub(super) struct Order<const LANE: usize> {
    first: Option<Slot>,
    last: Option<Slot>,
    /// What the sessions of the list take together.
    bytes: usize,
}

/// How old a session may become.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lifetime {
    pub(super) now: Instant,
    pub(super) ttl: Duration,
}

/// Idle sessions: which of them go when there is no room.
#[derive(Debug, Default)]
pub(super) struct Idle<const LANE: usize> {
    /// Those that a client has named.
    pub(super) named: Order<LANE>,
    /// Those that no client has named. They go first.
    pub(super) unnamed: Order<LANE>,
}

impl<const LANE: usize> Order<LANE> {
    /// The session that was used least recently.
    fn first(&self) -> Option<Slot> {
        self.first
    }

    /// How many bytes would be free without all sessions of the list.
    #[cfg(test)]
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Adds a session that has just been used.
    fn push(&mut self, entries: &mut Slab<Entry>, slot: Slot) {
        let entry = &mut entries[slot];
        self.bytes += entry.bytes();
        entry.links[LANE] = Links { before: self.last, after: None };
        match self.last.replace(slot) {
            Some(last) => entries[last].links[LANE].after = Some(slot),
            None => self.first = Some(slot),
        }
    }

    /// Takes a session out, wherever it stands.
    fn remove(&mut self, entries: &mut Slab<Entry>, slot: Slot) {
        let entry = &mut entries[slot];
        self.bytes -= entry.bytes();
        let Links { before, after } = std::mem::take(&mut entry.links[LANE]);
        match before {
            Some(before) => entries[before].links[LANE].after = after,
            None => self.first = after,
        }
        match after {
            Some(after) => entries[after].links[LANE].before = before,
            None => self.last = before,
        }
    }

    /// All sessions of the list, after a look at its links in both directions.
    #[cfg(test)]
    pub(super) fn slots(&self, entries: &Slab<Entry>) -> Vec<Slot> {
        let mut slots = Vec::new();
        let mut next = self.first;
        while let Some(slot) = next {
            assert_eq!(entries[slot].links[LANE].before, slots.last().copied());
            slots.push(slot);
            next = entries[slot].links[LANE].after;
        }
        assert_eq!(self.last, slots.last().copied());
        slots
    }
}

impl Lifetime {
    /// Whether a session has not been used for too long. One in use has not.
    pub(super) fn is_over(self, entry: &Entry) -> bool {
        entry.holder.is_none() && self.now.saturating_duration_since(entry.last_used) > self.ttl
    }
}

impl<const LANE: usize> Idle<LANE> {
    /// Adds a session that has just been used.
    pub(super) fn push(&mut self, entries: &mut Slab<Entry>, slot: Slot) {
        self.order(entries[slot].named).push(entries, slot);
    }

    /// Takes a session out, wherever it stands.
    pub(super) fn remove(&mut self, entries: &mut Slab<Entry>, slot: Slot) {
        self.order(entries[slot].named).remove(entries, slot);
    }

    fn order(&mut self, named: bool) -> &mut Order<LANE> {
        if named { &mut self.named } else { &mut self.unnamed }
    }

    /// How many bytes would be free without all sessions that may go.
    pub(super) fn bytes(&self, evict_named: bool) -> usize {
        self.unnamed.bytes + if evict_named { self.named.bytes } else { 0 }
    }

    /// The next to go: an expired one, else one that no client has named, else the one that was used least recently.
    pub(super) fn victim(
        &self,
        entries: &Slab<Entry>,
        lifetime: Lifetime,
        evict_named: bool,
    ) -> Option<Slot> {
        let is_over = |slot: &Slot| lifetime.is_over(&entries[*slot]);
        let named = self.named.first().filter(|slot| evict_named || is_over(slot));
        match (self.unnamed.first(), named) {
            (Some(unnamed), Some(named)) if is_over(&named) && !is_over(&unnamed) => Some(named),
            (unnamed, named) => unnamed.or(named),
        }
    }

    /// One that has expired, if there is any.
    pub(super) fn expired(&self, entries: &Slab<Entry>, lifetime: Lifetime) -> Option<Slot> {
        // Among the first of both lists, an expired one is the first to go.
        self.victim(entries, lifetime, false).filter(|slot| lifetime.is_over(&entries[*slot]))
    }
}
