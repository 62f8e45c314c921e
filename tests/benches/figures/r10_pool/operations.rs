//! Random operations, done to the pool and to the model.

use std::time::{Duration, Instant};

use alphora::{Lease, Memory, MemoryPool, SessionError, SessionKey};
use alphora_tests::chaos::Random;
use serde::{Deserialize, Serialize};

use super::Costs;
use super::model::{Model, Refused};
use crate::Result;

const TTL: u64 = 60;
const SESSIONS: usize = 16;
const BYTES: usize = 2_000;
const SESSION_BYTES: usize = 400;
/// More keys than there is room for.
const KEYS: usize = 60;
/// The most turns at once.
const TURNS: usize = 20;

/// What is stored.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Tagged {
    tag: u64,
    bytes: usize,
}

impl Memory for Tagged {
    fn stored_bytes(&self) -> usize {
        self.bytes
    }
}

/// What came of it.
#[derive(Debug, Default)]
pub(super) struct Compared {
    pub(super) commits: usize,
    pub(super) full: usize,
    pub(super) too_large: usize,
    pub(super) removed: usize,
    pub(super) evicted: usize,
    pub(super) expired: usize,
    pub(super) different: usize,
    pub(super) over: usize,
    pub(super) ratio: f64,
}

impl Compared {
    /// What never happened, so that it was not compared.
    pub(super) fn missing(&self) -> Vec<&'static str> {
        let counts = [
            (self.commits, "no commit"),
            (self.full, "nothing refused for want of room"),
            (self.too_large, "nothing too large"),
            (self.removed, "nothing removed in use"),
            (self.evicted, "nothing evicted"),
            (self.expired, "nothing expired"),
        ];
        counts.into_iter().filter(|(count, _)| *count == 0).map(|(_, missing)| missing).collect()
    }
}

/// Does that many operations by a clock that only they move.
pub(super) fn compare(operations: usize) -> Result<Compared> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build()?;
    runtime.block_on(async {
        let mut pair = Pair::new();
        let mut costs = Costs::default();
        for number in 1..=operations {
            pair.spent = Duration::ZERO;
            pair.step(number as u64).await?;
            if !pair.spent.is_zero() {
                costs.add(pair.spent);
            }
        }
        let (evicted, expired) = (pair.model.evicted, pair.model.expired);
        Ok(Compared { evicted, expired, ratio: costs.late_to_early(), ..pair.compared })
    })
}

/// The pool, the model, and the turns under way.
struct Pair {
    pool: MemoryPool,
    model: Model,
    turns: Vec<(usize, Lease<Tagged>)>,
    random: Random,
    compared: Compared,
    /// How long the pool has taken for this operation.
    spent: Duration,
}

fn key(id: usize) -> Result<SessionKey> {
    Ok(SessionKey::try_from(format!("s{id:03}"))?)
}

/// What a session takes, with the four bytes of its key.
fn with_key(bytes: usize) -> usize {
    bytes + 4
}

impl Pair {
    fn new() -> Self {
        let pool = MemoryPool::new(Duration::from_secs(TTL), SESSIONS)
            .with_max_bytes(BYTES)
            .with_max_session_bytes(SESSION_BYTES)
            .with_queue(0, Duration::ZERO);
        Self {
            pool,
            model: Model::new(TTL, SESSIONS, BYTES, SESSION_BYTES),
            turns: Vec::new(),
            random: Random::new(10),
            compared: Compared::default(),
            spent: Duration::ZERO,
        }
    }

    async fn step(&mut self, number: u64) -> Result {
        match self.random.below(100) {
            0..44 if self.turns.len() < TURNS => self.begin().await?,
            0..72 => self.commit(number).await,
            72..78 => self.roll_back(),
            78..86 => self.insert_unnamed(number).await?,
            86..90 => self.remove().await?,
            90..98 => {
                // Now and then nobody comes for long.
                let most = if self.random.one_in(10) { 3 * TTL } else { TTL / 6 };
                let seconds = self.random.number() % most;
                self.model.wait(seconds);
                tokio::time::advance(Duration::from_secs(seconds)).await;
            }
            _ => {
                self.timed(MemoryPool::clean_expired);
                let kept = (self.pool.size(), self.pool.bytes());
                let expected = (self.model.sessions.len(), self.model.bytes());
                self.same("cleaned", &kept, &expected);
            }
        }
        let (size, bytes) = (self.pool.size(), self.pool.bytes());
        self.compared.over += usize::from(size > SESSIONS || bytes > BYTES);
        Ok(())
    }

    async fn begin(&mut self) -> Result {
        let id = self.random.below(KEYS);
        if self.turns.iter().any(|(held, _)| *held == id) {
            return Ok(());
        }
        let expected = self.model.begin(id);
        let begun = Instant::now();
        let lease = self.pool.get_or_create::<Tagged>(key(id)?).await;
        self.spent += begun.elapsed();
        let found = match lease {
            Ok(lease) => {
                let found = Ok(lease.stored().map(|memory| memory.tag));
                self.turns.push((id, lease));
                found
            }
            Err(error) => Err(refused(&error)),
        };
        self.compared.full += usize::from(expected == Err(Refused::Full));
        self.same("began", &found, &expected.map_err(Some));
        Ok(())
    }

    async fn commit(&mut self, tag: u64) {
        let Some((id, lease)) = self.any_turn() else { return };
        // One in many is too large.
        let bytes = self.random.below(if self.random.clone().one_in(10) { 600 } else { 250 });
        let expected = self.model.commit(id, tag, with_key(bytes));
        let begun = Instant::now();
        let committed = lease.commit(Tagged { tag, bytes }).await;
        self.spent += begun.elapsed();
        match expected {
            Ok(()) => self.compared.commits += 1,
            Err(Refused::Full) => self.compared.full += 1,
            Err(Refused::TooLarge) => self.compared.too_large += 1,
            Err(Refused::Removed) => self.compared.removed += 1,
            Err(Refused::Taken) => {}
        }
        self.same("committed", &committed.map_err(|error| refused(&error)), &expected.map_err(Some));
    }

    fn roll_back(&mut self) {
        let Some((id, lease)) = self.any_turn() else { return };
        self.model.end(id);
        self.timed(move |_| drop(lease));
    }

    async fn insert_unnamed(&mut self, tag: u64) -> Result {
        let (id, bytes) = (self.random.below(KEYS), self.random.below(250));
        let expected = self.model.insert_unnamed(id, tag, with_key(bytes));
        let begun = Instant::now();
        let inserted = self.pool.insert_unnamed(key(id)?, Tagged { tag, bytes }).await;
        self.spent += begun.elapsed();
        let found = match inserted {
            Ok(true) => Ok(()),
            Ok(false) => Err(Some(Refused::Full)),
            Err(error) => Err(refused(&error)),
        };
        self.same("inserted", &found, &expected.map_err(Some));
        Ok(())
    }

    async fn remove(&mut self) -> Result {
        let id = self.random.below(KEYS);
        let expected = self.model.remove(id);
        let begun = Instant::now();
        let removed = self.pool.remove(&key(id)?).await?;
        self.spent += begun.elapsed();
        self.same("removed", &removed, &expected);
        Ok(())
    }

    fn any_turn(&mut self) -> Option<(usize, Lease<Tagged>)> {
        let at = self.random.below(self.turns.len());
        (!self.turns.is_empty()).then(|| self.turns.swap_remove(at))
    }

    fn timed<T>(&mut self, act: impl FnOnce(&MemoryPool) -> T) -> T {
        let begun = Instant::now();
        let done = act(&self.pool);
        self.spent += begun.elapsed();
        done
    }

    fn same<T: std::fmt::Debug + PartialEq>(&mut self, what: &str, found: &T, expected: &T) {
        if found != expected {
            self.compared.different += 1;
            if self.compared.different <= 3 {
                crate::note::example(&format!("{what}: {found:?} where the model has {expected:?}"));
            }
        }
    }
}

/// Why the pool has not done something; nothing if it is for none of the model's reasons.
fn refused(error: &SessionError) -> Option<Refused> {
    match error {
        SessionError::Capacity { .. } => Some(Refused::Full),
        SessionError::TooLarge { .. } => Some(Refused::TooLarge),
        SessionError::Removed => Some(Refused::Removed),
        SessionError::Taken => Some(Refused::Taken),
        _ => None,
    }
}
