//! The sessions of a server, lent to one turn at a time.
//!
//! One lock, held for a few steps at a time, guards everything (`state`). Idle sessions stand in two lists, in the
//! order of their last use; because all live equally long, that is also the order in which they expire. So the
//! next session to go is always in front, and no call looks for one. Lists are linked through places in a slab
//! (`order`, `slab`), found by key (`index`). Sessions in use stand in no list: nothing can take them away.

mod afterwards;
mod entry;
mod index;
mod kept;
mod lease;
mod limits;
mod order;
mod room;
mod slab;
mod state;
mod sweeper;
mod turn;

use std::fmt;
use std::hash::RandomState;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use self::afterwards::Afterwards;
use self::entry::{Kind, Stored};
use self::index::HashedKey;
use self::kept::AnyMemory;
pub use self::lease::Lease;
use self::limits::Limits;
use self::state::{Entered, State};
use self::turn::Turn;
use super::{Memory, SessionError, SessionKey};

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
/// turn.commit(notes)?;
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
}

impl MemoryPool {
    /// A pool of at most `max_memory_items` sessions, each of them forgotten when it was not used for longer than
    /// `memory_ttl`.
    pub fn new(memory_ttl: Duration, max_memory_items: usize) -> Self {
        let state = State::new(Limits::new(memory_ttl, max_memory_items), Instant::now());
        Self { shared: Arc::new(Shared { random: RandomState::new(), state: Mutex::new(state) }) }
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

    /// Sets how many turns may wait for one session and for how long, in place of 16 and 30 s. With a `limit` of 0
    /// no turn waits.
    #[must_use]
    pub fn with_queue(self, limit: usize, wait: Duration) -> Self {
        self.locked(|state, _| (state.limits.queue, state.limits.queue_wait) = (limit, wait));
        self
    }

    /// Lends the session of `key` to a turn, once all earlier turns of it have ended; a session that is not there,
    /// or has expired, begins anew.
    ///
    /// `key` is a [`SessionKey`], a [`SessionId`](super::SessionId), or a text that is an id. Dropping the future
    /// gives the place in the queue up.
    ///
    /// # Errors
    /// [`SessionError::InvalidId`], [`SessionError::Busy`], [`SessionError::Capacity`] or
    /// [`SessionError::WrongMemory`].
    pub async fn get_or_create<M: Memory>(
        &self,
        key: impl TryInto<SessionKey, Error: Into<SessionError>>,
    ) -> Result<Lease<M>, SessionError> {
        let key = self.hashed(key.try_into().map_err(Into::into)?);
        let asked = Kind::of::<M>();
        let (entered, wait) =
            self.locked(|state, afterwards| (state.enter(&key, asked, afterwards), state.limits.queue_wait));
        let (turn, memory) = match entered? {
            Entered::Begun { slot, ticket, memory } => (Turn::new(self.clone(), slot, ticket), memory),
            Entered::Queued { slot, ticket, granted } => {
                let turn = Turn::new(self.clone(), slot, ticket);
                // Whether the time was up first, or the grant came with it, is for the session to say.
                let _ = tokio::time::timeout(wait, granted).await;
                let busy = SessionError::Busy { waited: wait, retry_after: RETRY_WHEN_BUSY };
                let memory =
                    turn.look(|state, slot, ticket| state.take_up(slot, ticket, asked)).ok_or(busy)??;
                (turn, memory)
            }
        };
        Lease::new(turn, key.into(), memory)
    }

    /// Stores the memory of a request that named no session, under the id that was generated for it.
    ///
    /// Such a session makes room before any that a client has named, and never takes the place of one: the answer
    /// is whether it was stored. When a client uses its id, it is a session like any other from then on.
    ///
    /// # Errors
    /// [`SessionError::InvalidId`], [`SessionError::TooLarge`], or [`SessionError::Taken`] if a client has used the
    /// id already. What was stored under it is not touched.
    pub fn insert_unnamed<M: Memory>(
        &self,
        key: impl TryInto<SessionKey, Error: Into<SessionError>>,
        memory: M,
    ) -> Result<bool, SessionError> {
        let key = key.try_into().map_err(Into::into)?;
        let bytes = memory.stored_bytes().saturating_add(key.stored_bytes());
        let stored = Stored { memory: AnyMemory::new(memory), kind: Kind::of::<M>(), bytes };
        let key = self.hashed(key);
        self.locked(|state, afterwards| state.insert_unnamed(key, stored, afterwards))
    }

    /// Removes a session, and says whether there was one: stored, or new and in use, as [`size`](Self::size)
    /// counts them.
    ///
    /// A turn that has the session, its first one too, goes on, but cannot commit: [`SessionError::Removed`]. The
    /// next turn begins a new session.
    pub fn remove(&self, key: &SessionKey) -> bool {
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

    /// How many bytes the stored sessions take, keys included.
    pub fn bytes(&self) -> usize {
        self.locked(|state, _| state.bytes)
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
