//! Which sessions go when there is no room: those of an owner who has reached his own limits, else any. Expired ones
//! go first, then unnamed ones, then named ones, each time the one that was used least recently.

use super::RETRY_WHEN_FULL;
use super::afterwards::Afterwards;
use super::entry::Entry;
use super::owners::OwnerSlot;
use super::slab::Slot;
use super::state::State;
use crate::session::SessionError;

const FULL: SessionError = SessionError::Capacity { retry_after: RETRY_WHEN_FULL };

/// What is to be stored, in place of what.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    /// Whose session it is, if that one has a name.
    pub(super) owner: Option<OwnerSlot>,
    pub(super) replaced: usize,
    pub(super) bytes: usize,
    /// Whether sessions may go for it that a client has named.
    pub(super) evict_named: bool,
}

impl Room {
    /// Whether it fits beside all else, where `kept` bytes are, and `most` may be.
    fn fits(self, kept: usize, most: usize) -> bool {
        (kept - self.replaced).saturating_add(self.bytes) <= most
    }
}

impl State {
    /// Adds the entry of a session for which nothing or `bytes` are to be stored next, at the cost of others if need
    /// be. Evicts no live session in vain.
    pub(super) fn admit(
        &mut self,
        entry: Entry,
        bytes: usize,
        evict_named: bool,
        afterwards: &mut Afterwards,
    ) -> Result<Slot, SessionError> {
        // He has the session from now on, so that he is not forgotten while others of his go.
        let owner = self.owners.enter(entry.key.key().owner());
        let room = Room { owner, replaced: 0, bytes, evict_named };
        let admitted = match bytes {
            0 => Ok(()),
            _ => self.check_bytes(room, afterwards),
        };
        if let Err(refused) = admitted.and_then(|()| self.check_one(room)) {
            self.owners.leave(owner);
            return Err(refused);
        }
        self.free_one(room, afterwards);
        if bytes > 0 {
            self.free_bytes(room, afterwards);
        }
        Ok(self.place(Entry { owner, ..entry }))
    }

    /// Whether one more session may be added, of which its owner has been told already.
    fn check_one(&self, room: Room) -> Result<(), SessionError> {
        let may_go = |all_there: bool, victim: &dyn Fn() -> Option<Slot>| !all_there || victim().is_some();
        let own = may_go(self.owner_is_full(room), &|| self.own_victim(room));
        let all = may_go(self.is_full(), &|| self.victim(room));
        if own && all { Ok(()) } else { Err(FULL) }
    }

    /// Makes room for one session, where [`check_one`](Self::check_one) has found that it can be had.
    fn free_one(&mut self, room: Room, afterwards: &mut Afterwards) {
        if self.owner_is_full(room)
            && let Some(victim) = self.own_victim(room)
        {
            self.evict(victim, afterwards);
        }
        if self.is_full()
            && let Some(victim) = self.victim(room)
        {
            self.evict(victim, afterwards);
        }
    }

    fn is_full(&self) -> bool {
        self.entries.len() >= self.limits.items()
    }

    fn owner_is_full(&self, room: Room) -> bool {
        self.owners.get(room.owner).is_some_and(|owned| owned.sessions > self.limits.owner_items())
    }

    /// Whether bytes may be stored. What has expired and stands in the way is gone thereafter, and nothing else.
    pub(super) fn check_bytes(
        &mut self,
        room: Room,
        afterwards: &mut Afterwards,
    ) -> Result<(), SessionError> {
        let (bytes, mut limit) = (room.bytes, self.limits.session_bytes.min(self.limits.bytes));
        if room.owner.is_some() {
            limit = limit.min(self.limits.owner_bytes());
        }
        if bytes > limit {
            return Err(SessionError::TooLarge { bytes, limit });
        }
        while !self.fits(room, 0)
            && let Some(expired) = self.idle.expired(&self.entries, self.lifetime())
        {
            self.evict(expired, afterwards);
        }
        while !self.fits_owner(room, 0)
            && let Some(owned) = self.owners.get(room.owner)
            && let Some(expired) = owned.idle.expired(&self.entries, self.lifetime())
        {
            self.evict(expired, afterwards);
        }
        let all = self.idle.bytes(room.evict_named);
        let own = self.owners.get(room.owner).map_or(0, |owned| owned.idle.bytes(room.evict_named));
        if self.fits(room, all) && self.fits_owner(room, own) { Ok(()) } else { Err(FULL) }
    }

    /// Makes room for bytes, where [`check_bytes`](Self::check_bytes) has found that it can be had.
    pub(super) fn free_bytes(&mut self, room: Room, afterwards: &mut Afterwards) {
        while !self.fits_owner(room, 0)
            && let Some(victim) = self.own_victim(room)
        {
            self.evict(victim, afterwards);
        }
        while !self.fits(room, 0)
            && let Some(victim) = self.victim(room)
        {
            self.evict(victim, afterwards);
        }
    }

    /// Whether there is room, once `evicted` bytes are gone.
    fn fits(&self, room: Room, evicted: usize) -> bool {
        room.fits(self.bytes - evicted, self.limits.bytes)
    }

    /// The same for the limit of the owner, if he has a name.
    fn fits_owner(&self, room: Room, evicted: usize) -> bool {
        let Some(owned) = self.owners.get(room.owner) else { return true };
        room.fits(owned.bytes - evicted, self.limits.owner_bytes())
    }

    fn victim(&self, room: Room) -> Option<Slot> {
        self.idle.victim(&self.entries, self.lifetime(), room.evict_named)
    }

    fn own_victim(&self, room: Room) -> Option<Slot> {
        let owned = self.owners.get(room.owner)?;
        owned.idle.victim(&self.entries, self.lifetime(), room.evict_named)
    }

    /// Removes up to `most` expired sessions, and says how many it removed.
    pub(super) fn clean(&mut self, most: usize, afterwards: &mut Afterwards) -> usize {
        let mut removed = 0;
        while removed < most
            && let Some(expired) = self.idle.expired(&self.entries, self.lifetime())
        {
            self.evict(expired, afterwards);
            removed += 1;
        }
        removed
    }
}
