//! A session, lent to one turn.

use std::fmt;

use super::entry::{Kind, Stored};
use super::kept::{AnyMemory, Kept};
use super::turn::Turn;
use crate::session::{Memory, SessionError, SessionKey};

/// A session, lent to one turn; see [`MemoryPool::get_or_create`](super::MemoryPool::get_or_create).
///
/// The turn works on a copy of the memory. [`commit`](Self::commit) stores it; dropping the lease instead leaves
/// the session as it was, and a new one vanishes. While the lease lives, the session neither expires nor makes
/// room for others, and later turns of the session wait.
#[must_use = "a lease that is dropped gives the session back unchanged"]
pub struct Lease<M> {
    memory: Kept<M>,
    key: SessionKey,
    turn: Turn,
}

impl<M: Memory> Lease<M> {
    pub(super) fn new(turn: Turn, key: SessionKey, memory: AnyMemory) -> Result<Self, SessionError> {
        // The pool has compared the types already; this is how a cast says so.
        let asked = std::any::type_name::<M>();
        let memory = memory.downcast().ok_or(SessionError::WrongMemory { stored: "another type", asked })?;
        Ok(Self { memory, key, turn })
    }

    /// A copy of the session's memory, `M::default()` for a new session.
    pub fn memory(&self) -> M {
        self.stored().cloned().unwrap_or_default()
    }

    /// The session's memory without a copy; nothing for a new session.
    pub fn stored(&self) -> Option<&M> {
        self.memory.get()
    }

    /// Whether nothing is stored for this session yet, or no longer.
    pub fn is_new(&self) -> bool {
        self.memory.get().is_none()
    }

    /// The session's key.
    pub fn key(&self) -> &SessionKey {
        &self.key
    }

    /// Makes `memory` the session's memory and ends the turn.
    ///
    /// A memory whose `Drop` panics changes nothing about the answer: that panic goes to the log.
    ///
    /// # Errors
    /// [`SessionError::TooLarge`], [`SessionError::Capacity`] or [`SessionError::Removed`]: the session stays as
    /// it was, and the turn has ended all the same.
    pub fn commit(self, memory: M) -> Result<(), SessionError> {
        let bytes = memory.stored_bytes().saturating_add(self.key.stored_bytes());
        let stored = Stored { memory: AnyMemory::new(memory), kind: Kind::of::<M>(), bytes };
        self.turn.end(|state, slot, ticket, afterwards| state.commit(slot, ticket, stored, afterwards))
    }
}

impl<M> fmt::Debug for Lease<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lease")
            .field("key", &format_args!("{}", self.key))
            .field("is_new", &self.memory.get().is_none())
            .finish_non_exhaustive()
    }
}
