//! Which sessions go when there is no room: expired ones, then unnamed ones, then named ones, each time the one
//! that was used least recently.

use super::RETRY_WHEN_FULL;
use super::afterwards::Afterwards;
use super::entry::Entry;
use super::index::HashedKey;
use super::order::Order;
use super::slab::{Slab, Slot};
use super::state::State;
use crate::session::SessionError;

const FULL: SessionError = SessionError::Capacity { retry_after: RETRY_WHEN_FULL };

impl State {
    /// Takes note of the time, which never goes back.
    pub(super) fn at(&mut self, now: tokio::time::Instant) -> &mut Self {
        self.clock = self.clock.max(now);
        self
    }

    /// The session of this key. An expired one is none, and is gone thereafter.
    pub(super) fn find(&mut self, key: &HashedKey, afterwards: &mut Afterwards) -> Option<Slot> {
        let slot = self.index.get(key)?;
        if self.is_expired(slot) {
            self.evict(slot, afterwards);
            return None;
        }
        Some(slot)
    }

    fn is_expired(&self, slot: Slot) -> bool {
        let entry = &self.entries[slot];
        entry.holder.is_none() && self.clock.saturating_duration_since(entry.last_used) > self.limits.ttl
    }

    /// Removes up to `most` expired sessions, and says how many it removed.
    pub(super) fn clean(&mut self, most: usize, afterwards: &mut Afterwards) -> usize {
        (0..most).take_while(|_| self.evict_expired(afterwards)).count()
    }

    /// Adds the entry of a new turn, at the cost of another session if need be.
    pub(super) fn admit(&mut self, entry: Entry, afterwards: &mut Afterwards) -> Result<Slot, SessionError> {
        self.make_room_for_one(true, afterwards)?;
        Ok(self.place(entry))
    }

    /// Adds an entry for which there is room.
    pub(super) fn place(&mut self, entry: Entry) -> Slot {
        let key = entry.key.clone();
        let slot = self.entries.insert(entry);
        self.index.insert(key, slot);
        slot
    }

    /// Makes sure that one more session may be added.
    pub(super) fn make_room_for_one(
        &mut self,
        evict_named: bool,
        afterwards: &mut Afterwards,
    ) -> Result<(), SessionError> {
        if self.entries.len() < self.limits.items {
            return Ok(());
        }
        let victim = self.victim(evict_named).ok_or(FULL)?;
        self.evict(victim, afterwards);
        Ok(())
    }

    /// Makes sure that `bytes` may be stored in place of `replaced`. Evicts no live session in vain.
    pub(super) fn make_room_for_bytes(
        &mut self,
        replaced: usize,
        bytes: usize,
        evict_named: bool,
        afterwards: &mut Afterwards,
    ) -> Result<(), SessionError> {
        let fits = |kept: usize, most: usize| kept.saturating_add(bytes) <= most;
        let most = self.limits.bytes;
        while !fits(self.bytes - replaced, most) && self.evict_expired(afterwards) {}
        let evictable = self.unnamed.bytes() + if evict_named { self.named.bytes() } else { 0 };
        if !fits(self.bytes - replaced - evictable, most) {
            return Err(FULL);
        }
        while !fits(self.bytes - replaced, most) {
            let victim = self.victim(evict_named).ok_or(FULL)?;
            self.evict(victim, afterwards);
        }
        Ok(())
    }

    pub(super) fn check_session_bytes(&self, bytes: usize) -> Result<(), SessionError> {
        let limit = self.limits.session_bytes.min(self.limits.bytes);
        if bytes > limit { Err(SessionError::TooLarge { bytes, limit }) } else { Ok(()) }
    }

    fn victim(&self, evict_named: bool) -> Option<Slot> {
        let named = self.named.first().filter(|slot| evict_named || self.is_expired(*slot));
        match (self.unnamed.first(), named) {
            (Some(unnamed), Some(named)) if self.is_expired(named) && !self.is_expired(unnamed) => {
                Some(named)
            }
            (unnamed, named) => unnamed.or(named),
        }
    }

    fn evict_expired(&mut self, afterwards: &mut Afterwards) -> bool {
        // Among the first of both lists, an expired one is the first to go.
        let Some(victim) = self.victim(false).filter(|slot| self.is_expired(*slot)) else { return false };
        self.evict(victim, afterwards);
        true
    }

    /// Removes an idle session.
    pub(super) fn evict(&mut self, slot: Slot, afterwards: &mut Afterwards) {
        self.unlist(slot);
        self.forget(slot, afterwards);
    }

    /// Removes a session that is on no list.
    pub(super) fn forget(&mut self, slot: Slot, afterwards: &mut Afterwards) {
        if let Some(entry) = self.entries.remove(slot) {
            self.index.remove(&entry.key);
            self.bytes -= entry.bytes();
            afterwards.doomed.extend(entry.stored);
        }
    }

    /// Puts a session that is idle now at the end of its list.
    pub(super) fn list(&mut self, slot: Slot) {
        let (order, entries) = self.order(slot);
        order.push(entries, slot);
    }

    /// Takes a session off its list.
    pub(super) fn unlist(&mut self, slot: Slot) {
        let (order, entries) = self.order(slot);
        order.remove(entries, slot);
    }

    fn order(&mut self, slot: Slot) -> (&mut Order, &mut Slab<Entry>) {
        let named = self.entries[slot].named;
        (if named { &mut self.named } else { &mut self.unnamed }, &mut self.entries)
    }
}
