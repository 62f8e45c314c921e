//! One session: what is stored, who has it, who waits for it.

use std::any::{TypeId, type_name};
use std::collections::VecDeque;

use tokio::sync::oneshot;
use tokio::time::Instant;

use super::index::HashedKey;
use super::kept::{AnyMemory, Kept};
use super::order::Links;
use crate::session::{Memory, SessionError};

/// Tells one turn from another; never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ticket(pub(super) u64);

/// A type of memory, with the name that errors say.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kind {
    id: TypeId,
    name: &'static str,
}

impl Kind {
    pub(super) fn of<M: Memory>() -> Self {
        Self { id: TypeId::of::<M>(), name: type_name::<M>() }
    }
}

/// A memory that was committed.
#[derive(Debug)]
pub(super) struct Stored {
    pub(super) memory: AnyMemory,
    pub(super) kind: Kind,
    /// With the key's.
    pub(super) bytes: usize,
}

/// A turn that waits.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) ticket: Ticket,
    pub(super) wake: oneshot::Sender<()>,
}

/// One session, from its first turn until it is removed.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) key: HashedKey,
    /// Nothing until the first commit, and after a removal while in use.
    pub(super) stored: Option<Stored>,
    /// The turn that has the session. An entry that nobody has is stored, and on the list of its rank.
    pub(super) holder: Option<Ticket>,
    /// The turns that come next, first come, first served. Allocated for those sessions that need it.
    pub(super) queue: VecDeque<Waiting>,
    /// The end of the last use, while nobody has the session.
    pub(super) last_used: Instant,
    /// Whether a client has named the session; the others are evicted first.
    pub(super) named: bool,
    /// Whether it was removed after its holder had read it, or had found it new, so that the holder must not bring
    /// it back.
    pub(super) removed: bool,
    pub(super) links: Links,
}

impl Entry {
    /// An entry for the first turn of a session.
    pub(super) fn held(key: HashedKey, holder: Ticket, now: Instant) -> Self {
        Self { holder: Some(holder), ..Self::idle(key, None, now, true) }
    }

    /// An entry that nobody has.
    pub(super) fn idle(key: HashedKey, stored: Option<Stored>, now: Instant, named: bool) -> Self {
        Self {
            key,
            stored,
            holder: None,
            queue: VecDeque::new(),
            last_used: now,
            named,
            removed: false,
            links: Links::default(),
        }
    }

    /// Refuses a turn that asks for another type of memory than is stored.
    pub(super) fn check(&self, asked: Kind) -> Result<(), SessionError> {
        match &self.stored {
            Some(Stored { kind, .. }) if kind.id != asked.id => {
                Err(SessionError::WrongMemory { stored: kind.name, asked: asked.name })
            }
            _ => Ok(()),
        }
    }

    pub(super) fn memory(&self) -> AnyMemory {
        self.stored.as_ref().map_or_else(Kept::nothing, |stored| stored.memory.clone())
    }

    pub(super) fn bytes(&self) -> usize {
        self.stored.as_ref().map_or(0, |stored| stored.bytes)
    }
}
