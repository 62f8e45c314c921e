//! The sessions of a server, lent to one turn at a time.
//!
//! One lock, held for a few steps at a time, guards everything (`state`). Idle sessions stand in two lists, in the
//! order of their last use; because all live equally long, that is also the order in which they expire. So the
//! next session to go is always in front, and no call looks for one. Lists are linked through places in a slab
//! (`order`, `slab`), found by key (`index`). Sessions in use stand in no list: nothing can take them away. Those of
//! an owner with a name also stand in two lists of his own (`owners`), so that he can be the one who makes room
//! (`room`); and where lists are asked for, all that are stored stand in the order of their ids (`directory`).

mod afterwards;
mod backing;
mod borrow;
mod directory;
mod entry;
mod index;
mod kept;
mod lease;
mod limits;
mod listing;
mod look;
mod order;
mod owners;
mod place;
mod queue;
mod room;
mod slab;
mod state;
mod sweeper;
mod turn;
mod waiting;

use std::fmt;
use std::hash::RandomState;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::time::Instant;

use self::afterwards::Afterwards;
use self::backing::Asks;
pub(crate) use self::backing::Backing;
use self::entry::{Kind, Stored};
use self::index::HashedKey;
pub use self::lease::Lease;
use self::limits::Limits;
use self::state::{Entered, State, TakenUp};
use self::turn::Turn;
use self::waiting::Waiters;
use super::{Claim, Memory, SessionError, SessionKey};
use crate::sync::{Mutex, PoisonError};

/// How many expired sessions go under one hold of the lock.
const BATCH: usize = 256;

/// What is said to a client whose session is in use; a turn is seldom shorter.
const RETRY_WHEN_BUSY: Duration = Duration::from_secs(1);

/// What is said to a client for whose session there is no room.
const RETRY_WHEN_FULL: Duration = Duration::from_secs(5);

/// Sessions in memory: lent to one turn at a time, forgotten after a time without use, and never more of them
/// than there is room for.
///
/// ```
/// use std::time::Duration;
///
/// use alphora_runtime::session::{Memory, MemoryPool};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Clone, Default, Serialize, Deserialize)]
/// struct Notes {
///     lines: Vec<String>,
/// }
/// impl Memory for Notes {}
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> alphora_runtime::Result {
/// let pool = MemoryPool::new(Duration::from_secs(3600), 1000);
///
/// let turn = pool.get_or_create::<Notes>("user-001").await?;
/// let mut notes = turn.memory();
/// notes.lines.push("my name is Zhang San".to_owned());
/// turn.commit(notes).await?;
///
/// let turn = pool.get_or_create::<Notes>("user-001").await?;
/// assert_eq!(turn.memory().lines, ["my name is Zhang San"]);
/// # Ok(()) }
/// ```
///
/// - **Time to live**: it starts anew at each access and at the end of each turn. A session that was not used for
///   longer is never returned, swept or not.
/// - **Room**: at most `max_memory_items` sessions, 256 MiB in all and 8 MiB each. A new session takes the place
///   of an expired one, else of the least recently used one that no client named, else of the least recently used
///   one. A session in use keeps its place; if all are in use, there is [`SessionError::Capacity`].
///   An owner with a name has at most three quarters of either, and then makes room among his own.
/// - **Turns**: one at a time for each session, first come, first served; at most 16 wait, for at most 30 s, then
///   there is [`SessionError::Busy`].
///
/// It is a handle: clones are the same pool. No call costs more with more sessions.
#[derive(Clone)]
pub struct MemoryPool {
    shared: Arc<Shared>,
}

struct Shared {
    /// Decides where keys go, and is unknown to clients, who could choose keys that meet otherwise.
    random: RandomState,
    state: Mutex<State>,
    /// The store behind the pool.
    backing: OnceLock<Backing>,
    /// How many turns wait for their sessions.
    waiting: Waiters,
}

impl MemoryPool {
    /// How long the lease of a session lasts that is not renewed.
    pub(crate) const LEASE: Duration = Duration::from_secs(15);

    /// A pool of at most `max_memory_items` sessions, each of them forgotten when it was not used for longer than
    /// `memory_ttl`.
    pub fn new(memory_ttl: Duration, max_memory_items: usize) -> Self {
        let state = State::new(Limits::new(memory_ttl, max_memory_items), Instant::now());
        let shared = Shared {
            random: RandomState::new(),
            state: Mutex::new(state),
            backing: OnceLock::new(),
            waiting: Waiters::default(),
        };
        Self { shared: Arc::new(shared) }
    }

    /// Sets how many bytes all sessions may take together, in place of 256 MiB. Like all settings it holds for
    /// every handle of this pool.
    #[must_use]
    pub fn with_max_bytes(self, bytes: usize) -> Self {
        self.locked(|state, _| state.limits.bytes = bytes);
        self
    }

    /// Sets how many bytes one session may take, in place of 8 MiB.
    #[must_use]
    pub fn with_max_session_bytes(self, bytes: usize) -> Self {
        self.locked(|state, _| state.limits.session_bytes = bytes);
        self
    }

    /// Sets how many sessions one owner with a name may have, in place of three quarters of all. A new session of an
    /// owner who has so many takes the place of another one of his, in the same order, and never that of somebody
    /// else's; if all of his are in use, there is [`SessionError::Capacity`].
    ///
    /// Sessions of [nobody in particular](super::Owner::anonymous) are limited by the totals alone.
    #[must_use]
    pub fn with_max_owner_items(self, items: usize) -> Self {
        self.locked(|state, _| state.limits.owner_items = Some(items));
        self
    }

    /// Sets how many bytes the sessions of one owner with a name may take together, in place of three quarters of all.
    /// What is over it goes as with [`with_max_owner_items`](Self::with_max_owner_items).
    #[must_use]
    pub fn with_max_owner_bytes(self, bytes: usize) -> Self {
        self.locked(|state, _| state.limits.owner_bytes = Some(bytes));
        self
    }

    /// Sets how many turns may wait for one session and for how long, in place of 16 and 30 s. With a `limit` of 0
    /// no turn waits, except for the end of one that it has itself ended
    /// ([`Concurrency::Interrupt`](super::Concurrency::Interrupt) and
    /// [`Rollback`](super::Concurrency::Rollback)).
    #[must_use]
    pub fn with_queue(self, limit: usize, wait: Duration) -> Self {
        self.locked(|state, _| (state.limits.queue, state.limits.queue_wait) = (limit, wait));
        self
    }

    /// Lends the session of `key` to a turn, once all earlier turns of it have ended; a session that is not there,
    /// or has expired, begins anew.
    ///
    /// `key` is a [`SessionKey`], a [`SessionId`](super::SessionId), or a text that is an id. Dropping the future
    /// gives the place in the queue up. No later turn ends this one, whatever its
    /// [`Concurrency`](super::Concurrency) says: it waits.
    ///
    /// # Errors
    /// [`SessionError::InvalidId`], [`SessionError::Busy`], [`SessionError::Capacity`] or
    /// [`SessionError::WrongMemory`].
    pub async fn get_or_create<M: Memory>(
        &self,
        key: impl TryInto<SessionKey, Error: Into<SessionError>>,
    ) -> Result<Lease<M>, SessionError> {
        self.lend(key.try_into().map_err(Into::into)?, Claim::default()).await
    }

    /// [`get_or_create`](Self::get_or_create) for a turn that may end others and be ended by others, as its claim
    /// says.
    ///
    /// A turn that is told to end while it has the session must drop its lease or commit it. One that waits is told
    /// here, by [`SessionError::Superseded`].
    pub(crate) async fn lend<M: Memory>(
        &self,
        key: SessionKey,
        claim: Claim,
    ) -> Result<Lease<M>, SessionError> {
        let handle = claim.handle.clone();
        let concurrency = claim.concurrency;
        let key = self.hashed(key);
        let asked = Kind::of::<M>();
        let begun = Instant::now();
        let (entered, wait) = self.locked(|state, afterwards| {
            (state.enter(&key, asked, claim, afterwards), state.limits.queue_wait)
        });
        let (turn, memory) = match entered? {
            Entered::Begun { slot, ticket, memory } => (Turn::new(self.clone(), slot, ticket), memory),
            Entered::Queued { slot, ticket, granted } => {
                let turn = Turn::new(self.clone(), slot, ticket);
                let _waiting = self.shared.waiting.enter();
                // Whether the time was up first, or the grant came with it, is for the session to say.
                let _ = tokio::time::timeout(wait, granted).await;
                let memory = match turn.look(|state, slot, ticket| state.take_up(slot, ticket, asked)) {
                    TakenUp::Granted(memory) => memory?,
                    TakenUp::Waits => {
                        return Err(SessionError::Busy { waited: wait, retry_after: RETRY_WHEN_BUSY });
                    }
                    TakenUp::Superseded => return Err(SessionError::Superseded),
                };
                (turn, memory)
            }
        };
        let (key, memory) = (SessionKey::from(key), lease::typed::<M>(memory)?);
        let Some(backing) = self.shared.backing.get() else {
            return Ok(Lease::new(turn, key, memory, None));
        };
        let asks = Asks { concurrency, handle, deadline: begun + wait, named: true };
        // Boxed: without a store, no run has to have room for it.
        Box::pin(self.borrow(backing, turn, key, memory, asks)).await
    }

    /// Stores the memory of a request that named no session, under the id that was generated for it.
    ///
    /// Such a session makes room before any that a client has named, and never takes the place of one: the answer
    /// is whether it was stored. When a client uses its id, it is a session like any other from then on.
    ///
    /// # Errors
    /// [`SessionError::InvalidId`], [`SessionError::TooLarge`], or [`SessionError::Taken`] if a client has used the
    /// id already. What was stored under it is not touched.
    pub async fn insert_unnamed<M: Memory>(
        &self,
        key: impl TryInto<SessionKey, Error: Into<SessionError>>,
        memory: M,
    ) -> Result<bool, SessionError> {
        let key = key.try_into().map_err(Into::into)?;
        let Some(backing) = self.shared.backing.get() else {
            return self.insert_unnamed_here(key, memory);
        };
        // Boxed: without a store, no run has to have room for it.
        Box::pin(self.insert_unnamed_there(backing, key, memory)).await
    }

    /// [`insert_unnamed`](Self::insert_unnamed) for a pool without a store.
    fn insert_unnamed_here<M: Memory>(
        &self,
        key: impl TryInto<SessionKey, Error: Into<SessionError>>,
        memory: M,
    ) -> Result<bool, SessionError> {
        let key = key.try_into().map_err(Into::into)?;
        let stored = Stored::new(&key, memory, None);
        let key = self.hashed(key);
        self.locked(|state, afterwards| state.insert_unnamed(key, stored, afterwards))
    }

    /// Removes a session, and says whether there was one: stored, or new and in use, as [`size`](Self::size)
    /// counts them; with a store behind the pool, one that is stored there.
    ///
    /// A turn that has the session, its first one too, goes on, but cannot commit: [`SessionError::Removed`]. The
    /// next turn begins a new session.
    ///
    /// # Errors
    /// [`SessionError::Unavailable`]: the store has not answered.
    pub async fn remove(&self, key: &SessionKey) -> Result<bool, SessionError> {
        let was_here = self.remove_here(key);
        match self.shared.backing.get() {
            Some(backing) => Ok(backing::answered(backing.store.delete(key)).await?),
            None => Ok(was_here),
        }
    }

    /// [`remove`](Self::remove) for a pool without a store.
    fn remove_here(&self, key: &SessionKey) -> bool {
        let key = self.hashed(key.clone());
        self.locked(|state, afterwards| state.remove(&key, afterwards))
    }

    /// Removes all sessions that have expired, and says how many it removed; see
    /// [`sweep_every`](Self::sweep_every).
    pub fn clean_expired(&self) -> usize {
        std::iter::from_fn(|| Some(self.clean_batch()).filter(|removed| *removed > 0)).sum()
    }

    /// How many sessions there are: stored ones, and new ones that are in use. Expired ones count until they are
    /// removed.
    pub fn size(&self) -> usize {
        self.locked(|state, _| state.entries.len())
    }

    /// How many sessions there may be.
    #[cfg(feature = "server")]
    pub(crate) fn max_items(&self) -> usize {
        self.locked(|state, _| state.limits.items())
    }

    /// How many bytes the stored sessions take, keys included.
    pub fn bytes(&self) -> usize {
        self.locked(|state, _| state.bytes)
    }

    /// How many turns wait for their sessions.
    #[cfg(all(feature = "server", feature = "metrics"))]
    pub(crate) fn waiting(&self) -> usize {
        self.shared.waiting.count()
    }

    fn clean_batch(&self) -> usize {
        self.locked(|state, afterwards| state.clean(BATCH, afterwards))
    }

    fn hashed(&self, key: SessionKey) -> HashedKey {
        HashedKey::new(key, &self.shared.random)
    }

    /// Does something under the lock, and what it left to do afterwards.
    fn locked<R>(&self, act: impl FnOnce(&mut State, &mut Afterwards) -> R) -> R {
        let now = Instant::now();
        let mut afterwards = Afterwards::default();
        let result = {
            let mut state = self.shared.state.lock().unwrap_or_else(PoisonError::into_inner);
            act(state.at(now), &mut afterwards)
        };
        afterwards.run();
        result
    }
}

/// The seed's: an hour, and a thousand sessions.
impl Default for MemoryPool {
    fn default() -> Self {
        Self::new(Duration::from_hours(1), 1000)
    }
}

impl fmt::Debug for MemoryPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryPool").field("size", &self.size()).field("bytes", &self.bytes()).finish()
    }
}

#[cfg(test)]
mod tests;
