//! What is behind the pool's lock: who has which session, and who comes next.
//!
//! No step looks at more sessions than it removes. Nothing here runs code that is not ours: see [`Afterwards`].

use std::time::SystemTime;

use tokio::sync::oneshot;
use tokio::time::Instant;

use super::afterwards::Afterwards;
use super::directory::Directory;
use super::entry::{Entry, Kind, Stored, Ticket, Waiting};
use super::index::{HashedKey, Index};
use super::kept::{AnyMemory, Kept};
use super::limits::Limits;
use super::order::{ALL, Idle};
use super::owners::Owners;
use super::queue;
use super::room::Room;
use super::slab::{Slab, Slot};
use crate::session::{Claim, SessionError, SessionKey};

/// All sessions of a pool.
#[derive(Debug)]
pub(super) struct State {
    pub(super) limits: Limits,
    pub(super) entries: Slab<Entry>,
    pub(super) index: Index<SessionKey>,
    /// All idle sessions.
    pub(super) idle: Idle<ALL>,
    /// What each owner has of them.
    pub(super) owners: Owners,
    /// Committed sessions in the order of their ids, if lists are asked of this pool.
    pub(super) directory: Option<Directory>,
    /// What all stored sessions take together, in use or not.
    pub(super) bytes: usize,
    /// The latest time that any call has seen, so that lists are in order whoever gets the lock first.
    pub(super) clock: Instant,
    /// When the pool was made, by both clocks.
    pub(super) made: (Instant, SystemTime),
    pub(super) last_ticket: u64,
}

/// What came of asking for a session.
#[derive(Debug)]
pub(super) enum Entered {
    /// The turn has it, with what is stored.
    Begun { slot: Slot, ticket: Ticket, memory: AnyMemory },
    /// The turn waits until it is granted.
    Queued { slot: Slot, ticket: Ticket, granted: oneshot::Receiver<()> },
}

/// What a turn finds that was waiting.
#[derive(Debug)]
pub(super) enum TakenUp {
    /// It has the session, with what is stored, unless that is of another type.
    Granted(Result<AnyMemory, SessionError>),
    /// Its turn has not come.
    Waits,
    /// A later turn has taken its place.
    Superseded,
}

impl State {
    pub(super) fn new(limits: Limits, now: Instant) -> Self {
        Self {
            limits,
            entries: Slab::new(),
            index: Index::new(),
            idle: Idle::default(),
            owners: Owners::new(),
            directory: None,
            bytes: 0,
            clock: now,
            made: (now, SystemTime::now()),
            last_ticket: 0,
        }
    }

    /// Gives the session to a new turn, or puts the turn at the end of its queue.
    pub(super) fn enter(
        &mut self,
        key: &HashedKey,
        asked: Kind,
        claim: Claim,
        afterwards: &mut Afterwards,
    ) -> Result<Entered, SessionError> {
        self.last_ticket += 1;
        let ticket = Ticket(self.last_ticket);
        let Some(slot) = self.find(key, afterwards) else {
            let entry = Entry::held(key.clone(), ticket, claim.handle, self.clock);
            let slot = self.admit(entry, 0, true, afterwards)?;
            return Ok(Entered::Begun { slot, ticket, memory: Kept::nothing() });
        };
        let entry = &mut self.entries[slot];
        entry.check(asked)?;
        if entry.holder.is_none() {
            let memory = entry.memory();
            entry.holder = Some(ticket);
            entry.handle = claim.handle;
            self.unlist(slot);
            let entry = &mut self.entries[slot];
            entry.named = true;
            entry.last_used = self.clock;
            return Ok(Entered::Begun { slot, ticket, memory });
        }
        queue::make_room(entry, &claim, self.limits.queue, afterwards)?;
        let (wake, granted) = oneshot::channel();
        entry.queue.push_back(Waiting { ticket, handle: claim.handle, wake });
        Ok(Entered::Queued { slot, ticket, granted })
    }

    /// What a turn finds that was waiting.
    pub(super) fn take_up(&mut self, slot: Slot, ticket: Ticket, asked: Kind) -> TakenUp {
        match self.entries.get_mut(slot) {
            Some(entry) if entry.holder == Some(ticket) => {
                // A removal between the grant and now is one that this turn sees.
                entry.removed = false;
                TakenUp::Granted(entry.check(asked).map(|()| entry.memory()))
            }
            Some(entry) if entry.position(ticket).is_some() => TakenUp::Waits,
            // The session may be gone since, and its place another's.
            Some(_) | None => TakenUp::Superseded,
        }
    }

    /// Ends a turn, or takes it out of the queue if it was still waiting. One that was superseded has left.
    pub(super) fn leave(&mut self, slot: Slot, ticket: Ticket, afterwards: &mut Afterwards) {
        let Some(entry) = self.entries.get_mut(slot) else { return };
        if entry.holder == Some(ticket) {
            self.release(slot, afterwards);
        } else if let Some(at) = entry.position(ticket) {
            afterwards.left = entry.queue.remove(at);
        }
    }

    /// Gives the session to the turn that waits longest, or lets it be.
    fn release(&mut self, slot: Slot, afterwards: &mut Afterwards) {
        let entry = &mut self.entries[slot];
        afterwards.over = entry.handle.take();
        entry.last_used = self.clock;
        if let Some(next) = entry.queue.pop_front() {
            entry.holder = Some(next.ticket);
            entry.handle = next.handle;
            afterwards.wake = Some(next.wake);
        } else {
            entry.holder = None;
            if entry.stored.is_some() { self.list(slot) } else { self.forget(slot, afterwards) }
        }
    }

    /// Stores what the turn has made, and ends the turn either way.
    pub(super) fn commit(
        &mut self,
        slot: Slot,
        ticket: Ticket,
        stored: Stored,
        afterwards: &mut Afterwards,
    ) -> Result<(), SessionError> {
        let admitted = self.may_commit(slot, stored.bytes, afterwards);
        if admitted.is_ok() {
            self.put(slot, Some(stored), afterwards);
        } else {
            afterwards.doomed.push(stored);
        }
        self.leave(slot, ticket, afterwards);
        admitted
    }

    fn may_commit(
        &mut self,
        slot: Slot,
        bytes: usize,
        afterwards: &mut Afterwards,
    ) -> Result<(), SessionError> {
        let entry = &self.entries[slot];
        if entry.removed {
            return Err(SessionError::Removed);
        }
        let room = Room { owner: entry.owner, replaced: entry.bytes(), bytes, evict_named: true };
        self.check_bytes(room, afterwards)?;
        self.free_bytes(room, afterwards);
        Ok(())
    }

    /// Stores a session that no client has named, unless there is no room for one of these.
    pub(super) fn insert_unnamed(
        &mut self,
        key: HashedKey,
        stored: Stored,
        afterwards: &mut Afterwards,
    ) -> Result<bool, SessionError> {
        if self.find(&key, afterwards).is_some() {
            afterwards.doomed.push(stored);
            return Err(SessionError::Taken);
        }
        let entry = Entry::idle(key, self.clock, false);
        match self.admit(entry, stored.bytes, false, afterwards) {
            Ok(slot) => {
                self.put(slot, Some(stored), afterwards);
                self.list(slot);
                Ok(true)
            }
            Err(error) => {
                afterwards.doomed.push(stored);
                if matches!(error, SessionError::Capacity { .. }) { Ok(false) } else { Err(error) }
            }
        }
    }

    /// Removes a session. A turn that has it, be it the first one, goes on and will not be kept.
    pub(super) fn remove(&mut self, key: &HashedKey, afterwards: &mut Afterwards) -> bool {
        let Some(slot) = self.find(key, afterwards) else { return false };
        let entry = &mut self.entries[slot];
        if entry.holder.is_none() {
            self.evict(slot, afterwards);
            return true;
        }
        entry.removed = true;
        self.put(slot, None, afterwards);
        true
    }
}
