//! One session: what is stored, who has it, who waits for it.

use std::any::{Any, TypeId, type_name};
use std::collections::VecDeque;

use tokio::sync::oneshot;
use tokio::time::Instant;

use super::backing::Origin;
use super::index::HashedKey;
use super::kept::{AnyMemory, Kept};
use super::order::Links;
use super::owners::OwnerSlot;
use crate::session::{Memory, SessionError, TurnHandle};

/// Tells one turn from another; never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ticket(pub(super) u64);

/// A type of memory. It is small, because each session says its own.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kind(&'static Type);

/// What is known of a type of memory.
#[derive(Debug)]
struct Type {
    id: fn() -> TypeId,
    /// The name that errors say.
    name: fn() -> &'static str,
    version: u32,
    write: Write,
}

/// Writes a memory of one type as JSON; nothing if it is of another.
type Write = fn(&(dyn Any + Send + Sync)) -> Option<serde_json::Result<Vec<u8>>>;

impl Kind {
    pub(super) fn of<M: Memory>() -> Self {
        Self(
            const {
                &Type {
                    id: TypeId::of::<M>,
                    name: type_name::<M>,
                    version: M::VERSION,
                    write: |memory| memory.downcast_ref::<M>().map(serde_json::to_vec),
                }
            },
        )
    }

    /// The version of the form in which [`write`](Self::write) writes.
    pub(super) fn version(self) -> u32 {
        self.0.version
    }

    /// A memory of this type as JSON. This runs code that is not ours.
    pub(super) fn write(self, memory: &AnyMemory) -> Result<Vec<u8>, SessionError> {
        let name = (self.0.name)();
        let another = || SessionError::WrongMemory { stored: "another type", asked: name };
        let written = memory.get().and_then(self.0.write).ok_or_else(another)?;
        written.map_err(|error| SessionError::Unwritable { reason: format!("a `{name}`: {error}") })
    }
}

impl PartialEq for Kind {
    fn eq(&self, other: &Self) -> bool {
        (self.0.id)() == (other.0.id)()
    }
}

/// A memory that was committed.
#[derive(Debug)]
pub(super) struct Stored {
    pub(super) memory: AnyMemory,
    pub(super) kind: Kind,
    /// With the key's.
    pub(super) bytes: usize,
    /// Of which record in the store behind the pool this is a copy.
    pub(super) origin: Option<Box<Origin>>,
}

/// A turn that waits.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) ticket: Ticket,
    /// How later turns can end it, while it waits and when it has the session.
    pub(super) handle: Option<TurnHandle>,
    /// Tells it to look; dropping it does so too.
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
    /// How later turns can end the one that has the session.
    pub(super) handle: Option<TurnHandle>,
    /// The turns that come next, first come, first served. Allocated for those sessions that need it.
    pub(super) queue: VecDeque<Waiting>,
    /// The end of the last use, or when the session was lent to whoever has it.
    pub(super) last_used: Instant,
    /// Whether a client has named the session; the others are evicted first.
    pub(super) named: bool,
    /// Whether it was removed after its holder had read it, or had found it new, so that the holder must not bring
    /// it back.
    pub(super) removed: bool,
    /// Its places in the lists of all idle sessions, and of those of its owner.
    pub(super) links: [Links; 2],
    /// Whose it is, if that one has a name.
    pub(super) owner: Option<OwnerSlot>,
    /// When it was committed for the first time.
    pub(super) created: Instant,
    /// How often it was committed.
    pub(super) commits: u64,
}

impl Entry {
    /// An entry for the first turn of a session.
    pub(super) fn held(key: HashedKey, holder: Ticket, handle: Option<TurnHandle>, now: Instant) -> Self {
        Self { holder: Some(holder), handle, ..Self::idle(key, now, true) }
    }

    /// An entry that nobody has.
    pub(super) fn idle(key: HashedKey, now: Instant, named: bool) -> Self {
        Self {
            key,
            stored: None,
            holder: None,
            handle: None,
            queue: VecDeque::new(),
            last_used: now,
            named,
            removed: false,
            links: Default::default(),
            owner: None,
            created: now,
            commits: 0,
        }
    }

    /// Refuses a turn that asks for another type of memory than is stored.
    pub(super) fn check(&self, asked: Kind) -> Result<(), SessionError> {
        match &self.stored {
            Some(Stored { kind, .. }) if *kind != asked => {
                Err(SessionError::WrongMemory { stored: (kind.0.name)(), asked: (asked.0.name)() })
            }
            _ => Ok(()),
        }
    }

    /// The place of a turn in the queue, if it waits there.
    pub(super) fn position(&self, ticket: Ticket) -> Option<usize> {
        // Tickets grow, and so they stand in order.
        self.queue.binary_search_by_key(&ticket.0, |waiting| waiting.ticket.0).ok()
    }

    pub(super) fn memory(&self) -> AnyMemory {
        self.stored.as_ref().map_or_else(Kept::nothing, |stored| stored.memory.clone())
    }

    pub(super) fn bytes(&self) -> usize {
        self.stored.as_ref().map_or(0, |stored| stored.bytes)
    }
}
