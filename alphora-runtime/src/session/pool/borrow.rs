//! How a pool gets its sessions from the store behind it.

use std::sync::Arc;

use tokio::time::Instant;
use tokio_util::task::TaskTracker;

use super::backing::{Asks, Backing, Loaded};
use super::kept::Kept;
use super::lease::{Borrowed, Lease};
use super::turn::Turn;
use super::{MemoryPool, RETRY_WHEN_BUSY};
use crate::random::Identifier;
use crate::session::encoding::encode;
use crate::session::store::SessionStore;
use crate::session::{Concurrency, Memory, SessionError, SessionKey};

impl MemoryPool {
    /// Keeps the sessions in `store`, which may be shared with other processes; what this pool holds is then a copy
    /// that spares the store to send what has not changed. Leases last 15 seconds and are renewed.
    ///
    /// The first store that a pool is given stays its store.
    #[must_use]
    pub fn with_store(self, store: Arc<dyn SessionStore>) -> Self {
        self.back(Backing { store, lease: Self::LEASE, tasks: TaskTracker::new() });
        self
    }

    /// [`with_store`](Self::with_store), unless the pool has a store already.
    pub(crate) fn back(&self, backing: Backing) {
        // A pool has one store all its life: sessions cannot move from one to another.
        let _ = self.shared.backing.set(backing);
    }

    /// Gets a session from the store, for the turn that has it here.
    pub(super) async fn borrow<M: Memory>(
        &self,
        backing: &Backing,
        turn: Turn,
        key: SessionKey,
        memory: Kept<M>,
        asks: Asks,
    ) -> Result<Lease<M>, SessionError> {
        let (origin, ttl) = turn.look(|state, slot, _| {
            (
                state.entries[slot].stored.as_ref().and_then(|stored| stored.origin.as_deref().copied()),
                state.limits.ttl,
            )
        });
        let number = match &asks.handle {
            Some(handle) => handle.number,
            None => new_turn()?,
        };
        let known = origin.map(|origin| origin.stamp);
        let (held, loaded) = backing.begin::<M>(&key, number, &asks, ttl, known).await?;
        let (memory, written) = match loaded {
            Loaded::New => (Kept::nothing(), None),
            Loaded::Known => (memory, origin.map(|origin| origin.written)),
            Loaded::Memory(memory, origin) => (Kept::of(memory), Some(origin.written)),
        };
        Ok(Lease::new(turn, key, memory, Some(Borrowed { held, written, ttl })))
    }

    /// [`insert_unnamed`](Self::insert_unnamed) for a pool with a store.
    pub(super) async fn insert_unnamed_there<M: Memory>(
        &self,
        backing: &Backing,
        key: SessionKey,
        memory: M,
    ) -> Result<bool, SessionError> {
        let asks =
            Asks { concurrency: Concurrency::Reject, handle: None, deadline: Instant::now(), named: false };
        let ttl = self.locked(|state, _| state.limits.ttl);
        let (mut held, loaded) = backing.begin::<M>(&key, new_turn()?, &asks, ttl, None).await?;
        if !matches!(loaded, Loaded::New) {
            return Err(SessionError::Taken);
        }
        let (change, _) = encode(None, &memory)?;
        held.commit(change, ttl).await.map(|()| true)
    }
}

/// The number of a turn that is no run's.
fn new_turn() -> Result<u128, SessionError> {
    Identifier::new("").map(|number| number.bits()).map_err(|error| SessionError::Unavailable {
        reason: format!("the operating system has no randomness: {error}"),
        retry_after: RETRY_WHEN_BUSY,
    })
}
