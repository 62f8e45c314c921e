//! Idle sessions in the order of their last use, which is also the order in which they expire.

use super::entry::Entry;
use super::slab::{Slab, Slot};

/// The neighbours of an entry in its list.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Links {
    before: Option<Slot>,
    after: Option<Slot>,
}

/// A list of idle sessions, the one that was used least recently in front. Each step costs the same.
#[derive(Debug, Default)]
pub(super) struct Order {
    first: Option<Slot>,
    last: Option<Slot>,
    /// What the sessions of the list take together.
    bytes: usize,
}

impl Order {
    /// The session that was used least recently.
    pub(super) fn first(&self) -> Option<Slot> {
        self.first
    }

    /// How many bytes would be free without all sessions of the list.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Adds a session that has just been used.
    pub(super) fn push(&mut self, entries: &mut Slab<Entry>, slot: Slot) {
        let entry = &mut entries[slot];
        self.bytes += entry.bytes();
        entry.links = Links { before: self.last, after: None };
        match self.last.replace(slot) {
            Some(last) => entries[last].links.after = Some(slot),
            None => self.first = Some(slot),
        }
    }

    /// Takes a session out, wherever it stands.
    pub(super) fn remove(&mut self, entries: &mut Slab<Entry>, slot: Slot) {
        let entry = &mut entries[slot];
        self.bytes -= entry.bytes();
        let Links { before, after } = std::mem::take(&mut entry.links);
        match before {
            Some(before) => entries[before].links.after = after,
            None => self.first = after,
        }
        match after {
            Some(after) => entries[after].links.before = before,
            None => self.last = before,
        }
    }

    /// All sessions of the list, after a look at its links in both directions.
    #[cfg(test)]
    pub(super) fn slots(&self, entries: &Slab<Entry>) -> Vec<Slot> {
        let mut slots = Vec::new();
        let mut next = self.first;
        while let Some(slot) = next {
            assert_eq!(entries[slot].links.before, slots.last().copied());
            slots.push(slot);
            next = entries[slot].links.after;
        }
        assert_eq!(self.last, slots.last().copied());
        slots
    }
}
