//! How sessions come and go, and what is kept up to date with each.

use std::time::{Duration, SystemTime};

use tokio::time::Instant;

use super::afterwards::Afterwards;
use super::directory::Directory;
use super::entry::{Entry, Stored};
use super::index::HashedKey;
use super::order::Lifetime;
use super::slab::Slot;
use super::state::State;

impl State {
    /// Takes note of the time, which never goes back.
    pub(super) fn at(&mut self, now: Instant) -> &mut Self {
        self.clock = self.clock.max(now);
        self
    }

    pub(super) fn lifetime(&self) -> Lifetime {
        Lifetime { now: self.clock, ttl: self.limits.ttl }
    }

    /// What a clock on the wall showed at a time, to the millisecond. As if nobody had set it since the pool was made.
    pub(super) fn on_the_wall(&self, time: Instant) -> SystemTime {
        let (made, then) = self.made;
        let then = then.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let millis = then.saturating_add(time.duration_since(made)).as_millis();
        SystemTime::UNIX_EPOCH + Duration::from_millis(u64::try_from(millis).unwrap_or_default())
    }

    /// The session of this key. An expired one is none, and is gone thereafter.
    pub(super) fn find(&mut self, key: &HashedKey, afterwards: &mut Afterwards) -> Option<Slot> {
        let slot = self.index.get(key)?;
        if self.lifetime().is_over(&self.entries[slot]) {
            self.evict(slot, afterwards);
            return None;
        }
        Some(slot)
    }

    /// Adds an entry for which there is room, and of which its owner has been told.
    pub(super) fn place(&mut self, entry: Entry) -> Slot {
        let key = entry.key.clone();
        let slot = self.entries.insert(entry);
        self.index.insert(key, slot);
        slot
    }

    /// Stores something else for a session that is on no list, or nothing any more.
    pub(super) fn put(&mut self, slot: Slot, stored: Option<Stored>, afterwards: &mut Afterwards) {
        let entry = &mut self.entries[slot];
        let (before, after) = (entry.bytes(), stored.as_ref().map_or(0, |stored| stored.bytes));
        self.bytes = self.bytes - before + after;
        if let Some(owned) = self.owners.get_mut(entry.owner) {
            owned.bytes = owned.bytes - before + after;
        }
        let (is_stored, was_stored) = (stored.is_some(), entry.stored.is_some());
        if is_stored && !was_stored {
            (entry.created, entry.commits) = (self.clock, 0);
        }
        entry.commits += u64::from(is_stored);
        if let Some(directory) = &mut self.directory {
            match (was_stored, is_stored) {
                (false, true) => directory.insert(entry.key.key(), slot),
                (true, false) => directory.remove(entry.key.key()),
                _ => {}
            }
        }
        afterwards.doomed.extend(std::mem::replace(&mut entry.stored, stored));
    }

    /// Keeps stored sessions in the order of their ids from now on, so that lists can be asked for.
    pub(super) fn keep_directory(&mut self, keep: bool) {
        if keep == self.directory.is_some() {
            return;
        }
        self.directory = keep.then(|| {
            let mut directory = Directory::default();
            for (slot, entry) in self.entries.iter().filter(|(_, entry)| entry.stored.is_some()) {
                directory.insert(entry.key.key(), slot);
            }
            directory
        });
    }

    /// Removes an idle session.
    pub(super) fn evict(&mut self, slot: Slot, afterwards: &mut Afterwards) {
        self.unlist(slot);
        self.forget(slot, afterwards);
    }

    /// Removes a session that is on no list.
    pub(super) fn forget(&mut self, slot: Slot, afterwards: &mut Afterwards) {
        self.put(slot, None, afterwards);
        if let Some(entry) = self.entries.remove(slot) {
            self.index.remove(&entry.key);
            self.owners.leave(entry.owner);
        }
    }

    /// Puts a session that is idle now at the end of its lists.
    pub(super) fn list(&mut self, slot: Slot) {
        self.idle.push(&mut self.entries, slot);
        if let Some(owned) = self.owners.get_mut(self.entries[slot].owner) {
            owned.idle.push(&mut self.entries, slot);
        }
    }

    /// Takes a session off its lists.
    pub(super) fn unlist(&mut self, slot: Slot) {
        self.idle.remove(&mut self.entries, slot);
        if let Some(owned) = self.owners.get_mut(self.entries[slot].owner) {
            owned.idle.remove(&mut self.entries, slot);
        }
    }
}
