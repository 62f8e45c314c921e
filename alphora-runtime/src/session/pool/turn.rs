//! A turn's place: in the queue of its session, then at its head.

use super::MemoryPool;
use super::afterwards::Afterwards;
use super::entry::Ticket;
use super::slab::Slot;
use super::state::State;

/// The place of one turn of a session, from the moment it was asked for. Dropped, it is given up: whoever waits
/// next has the session then, whether this turn was still waiting, had just been granted or was running.
#[derive(Debug)]
pub(super) struct Turn {
    pool: MemoryPool,
    slot: Slot,
    ticket: Ticket,
    ended: bool,
}

impl Turn {
    pub(super) fn new(pool: MemoryPool, slot: Slot, ticket: Ticket) -> Self {
        Self { pool, slot, ticket, ended: false }
    }

    /// Looks at the session without ending the turn.
    pub(super) fn look<R>(&self, look: impl FnOnce(&mut State, Slot, Ticket) -> R) -> R {
        self.pool.locked(|state, _| look(state, self.slot, self.ticket))
    }

    /// Ends the turn with what `end` does, which must leave the session.
    pub(super) fn end<R>(mut self, end: impl FnOnce(&mut State, Slot, Ticket, &mut Afterwards) -> R) -> R {
        self.ended = true;
        self.pool.locked(|state, afterwards| end(state, self.slot, self.ticket, afterwards))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if !self.ended {
            self.pool.locked(|state, afterwards| state.leave(self.slot, self.ticket, afterwards));
        }
    }
}
