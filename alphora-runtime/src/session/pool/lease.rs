//! A session, lent to one turn.

use std::fmt;

use std::time::Duration;

use super::backing::{Held, Origin};
use super::entry::{Kind, Stored};
use super::kept::{AnyMemory, Kept};
use super::turn::Turn;
use crate::session::encoding::{Written, encode};
use crate::session::store::Change;
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
    /// The store's part, where there is a store behind the pool. Boxed: without one, no run has to have room for it.
    borrowed: Option<Box<Borrowed>>,
}

/// What a turn has from the store.
pub(super) struct Borrowed {
    pub(super) held: Held,
    /// What is stored there; nothing for a session that begins.
    pub(super) written: Option<Written>,
    /// How long the session is kept after the turn.
    pub(super) ttl: Duration,
}

/// A memory by its type.
pub(super) fn typed<M: Memory>(memory: AnyMemory) -> Result<Kept<M>, SessionError> {
    // The pool has compared the types already; this is how a cast says so.
    let asked = std::any::type_name::<M>();
    memory.downcast().ok_or(SessionError::WrongMemory { stored: "another type", asked })
}

impl<M: Memory> Lease<M> {
    pub(super) fn new(turn: Turn, key: SessionKey, memory: Kept<M>, borrowed: Option<Borrowed>) -> Self {
        Self { memory, key, turn, borrowed: borrowed.map(Box::new) }
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

    /// Makes `memory` the session's memory and ends the turn. With a store behind the pool, what is new is stored
    /// there first; without one, this waits for nothing.
    ///
    /// A memory whose `Drop` panics changes nothing about the answer: that panic goes to the log.
    ///
    /// # Errors
    /// [`SessionError::TooLarge`], [`SessionError::Capacity`], [`SessionError::Removed`], and with a store
    /// [`SessionError::Conflict`] or [`SessionError::Unwritable`]: the session stays as it was, and the turn has ended
    /// all the same. [`SessionError::Unsettled`]: the store has not answered for ten seconds, and nobody knows
    /// whether the turn was stored.
    pub async fn commit(mut self, memory: M) -> Result<(), SessionError> {
        match self.borrowed.take() {
            None => self.commit_here(memory),
            // Boxed, as what it works on is.
            Some(borrowed) => Box::pin(self.commit_there(borrowed, memory)).await,
        }
    }

    /// [`commit`](Self::commit) for a pool with a store.
    async fn commit_there(self, borrowed: Box<Borrowed>, memory: M) -> Result<(), SessionError> {
        let Borrowed { mut held, written, ttl } = *borrowed;
        let (change, mut written) = encode(self.stored().zip(written), &memory)?;
        let appends = matches!(change, Change::Append { .. });
        let mut committed = held.commit(change, ttl).await;
        if appends && matches!(committed, Err(SessionError::TooLarge { .. })) {
            // Without what pieces cost beside what is in them, it may fit.
            let (change, replaced) = encode(None, &memory)?;
            committed = held.commit(change, ttl).await;
            written = replaced;
        }
        committed?;
        let origin = Origin { stamp: held.stamp(), written };
        drop(held);
        // The session is stored. Where this process has no room for a copy of it, the next turn fetches it.
        if let Err(error) = self.keep_here(memory, Some(origin)) {
            tracing::debug!(%error, "no copy of a session that was stored is kept in this process");
        }
        Ok(())
    }

    /// [`commit`](Self::commit) for a pool without a store.
    pub(super) fn commit_here(self, memory: M) -> Result<(), SessionError> {
        self.keep_here(memory, None)
    }

    fn keep_here(self, memory: M, origin: Option<Origin>) -> Result<(), SessionError> {
        let stored = Stored::new(&self.key, memory, origin);
        self.turn.end(|state, slot, ticket, afterwards| state.commit(slot, ticket, stored, afterwards))
    }
}

impl Stored {
    pub(super) fn new<M: Memory>(key: &SessionKey, memory: M, origin: Option<Origin>) -> Self {
        let bytes = memory.stored_bytes().saturating_add(key.stored_bytes());
        Self { memory: AnyMemory::new(memory), kind: Kind::of::<M>(), bytes, origin: origin.map(Box::new) }
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
