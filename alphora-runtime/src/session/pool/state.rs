//! What is behind the pool's lock: who has which session, and who comes next.
//!
//! No step looks at more sessions than it removes. Nothing here runs code that is not ours: see [`Afterwards`].

use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::Instant;

use super::RETRY_WHEN_BUSY;
use super::afterwards::Afterwards;
use super::entry::{Entry, Kind, Stored, Ticket, Waiting};
use super::index::{HashedKey, Index};
use super::kept::{AnyMemory, Kept};
use super::limits::Limits;
use super::order::Order;
use super::slab::{Slab, Slot};
use crate::session::SessionError;

/// All sessions of a pool.
#[derive(Debug)]
pub(super) struct State {
    pub(super) limits: Limits,
    pub(super) entries: Slab<Entry>,
    pub(super) index: Index,
    /// Idle sessions that a client has named.
    pub(super) named: Order,
    /// Idle sessions that no client has named.
    pub(super) unnamed: Order,
    /// What all stored sessions take together, in use or not.
    pub(super) bytes: usize,
    /// The latest time that any call has seen, so that lists are in order whoever gets the lock first.
    pub(super) clock: Instant,
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

impl State {
    pub(super) fn new(limits: Limits, now: Instant) -> Self {
        Self {
            limits,
            entries: Slab::new(),
            index: Index::new(),
            named: Order::default(),
            unnamed: Order::default(),
            bytes: 0,
            clock: now,
            last_ticket: 0,
        }
    }

    /// Gives the session to a new turn, or puts the turn at the end of its queue.
    pub(super) fn enter(
        &mut self,
        key: &HashedKey,
        asked: Kind,
        afterwards: &mut Afterwards,
    ) -> Result<Entered, SessionError> {
        self.last_ticket += 1;
        let ticket = Ticket(self.last_ticket);
        let Some(slot) = self.find(key, afterwards) else {
            let slot = self.admit(Entry::held(key.clone(), ticket, self.clock), afterwards)?;
            return Ok(Entered::Begun { slot, ticket, memory: Kept::nothing() });
        };
        let entry = &mut self.entries[slot];
        entry.check(asked)?;
        if entry.holder.is_none() {
            let memory = entry.memory();
            entry.holder = Some(ticket);
            self.unlist(slot);
            self.entries[slot].named = true;
            return Ok(Entered::Begun { slot, ticket, memory });
        }
        if entry.queue.len() >= self.limits.queue {
            return Err(SessionError::Busy { waited: Duration::ZERO, retry_after: RETRY_WHEN_BUSY });
        }
        let (wake, granted) = oneshot::channel();
        entry.queue.push_back(Waiting { ticket, wake });
        Ok(Entered::Queued { slot, ticket, granted })
    }

    /// What is stored, for a turn that has waited; nothing if its turn has not come.
    pub(super) fn take_up(
        &mut self,
        slot: Slot,
        ticket: Ticket,
        asked: Kind,
    ) -> Option<Result<AnyMemory, SessionError>> {
        let entry = &mut self.entries[slot];
        if entry.holder != Some(ticket) {
            return None;
        }
        // A removal between the grant and now is one that this turn sees.
        entry.removed = false;
        Some(entry.check(asked).map(|()| entry.memory()))
    }

    /// Ends a turn, or takes it out of the queue if it was still waiting.
    pub(super) fn leave(&mut self, slot: Slot, ticket: Ticket, afterwards: &mut Afterwards) {
        let entry = &mut self.entries[slot];
        if entry.holder == Some(ticket) {
            self.release(slot, afterwards);
        } else if let Ok(at) = entry.queue.binary_search_by_key(&ticket.0, |waiting| waiting.ticket.0) {
            afterwards.left = entry.queue.remove(at);
        }
    }

    /// Gives the session to the turn that waits longest, or lets it be.
    fn release(&mut self, slot: Slot, afterwards: &mut Afterwards) {
        let entry = &mut self.entries[slot];
        if let Some(next) = entry.queue.pop_front() {
            entry.holder = Some(next.ticket);
            afterwards.wake = Some(next.wake);
        } else {
            entry.holder = None;
            entry.last_used = self.clock;
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
            let entry = &mut self.entries[slot];
            self.bytes = self.bytes - entry.bytes() + stored.bytes;
            afterwards.doomed.extend(entry.stored.replace(stored));
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
        let replaced = entry.bytes();
        self.check_session_bytes(bytes)?;
        self.make_room_for_bytes(replaced, bytes, true, afterwards)
    }

    /// Stores a session that no client has named, unless there is no room for one of these.
    pub(super) fn insert_unnamed(
        &mut self,
        key: HashedKey,
        stored: Stored,
        afterwards: &mut Afterwards,
    ) -> Result<bool, SessionError> {
        let bytes = stored.bytes;
        let admitted = self.may_insert_unnamed(&key, bytes, afterwards);
        if !matches!(admitted, Ok(true)) {
            afterwards.doomed.push(stored);
            return admitted;
        }
        let slot = self.place(Entry::idle(key, Some(stored), self.clock, false));
        self.bytes += bytes;
        self.list(slot);
        Ok(true)
    }

    fn may_insert_unnamed(
        &mut self,
        key: &HashedKey,
        bytes: usize,
        afterwards: &mut Afterwards,
    ) -> Result<bool, SessionError> {
        if self.find(key, afterwards).is_some() {
            return Err(SessionError::Taken);
        }
        self.check_session_bytes(bytes)?;
        Ok(self.make_room_for_bytes(0, bytes, false, afterwards).is_ok()
            && self.make_room_for_one(false, afterwards).is_ok())
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
        self.bytes -= entry.bytes();
        afterwards.doomed.extend(entry.stored.take());
        true
    }
}
