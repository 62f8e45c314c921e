//! A flood of new sessions, in a process that does nothing else.

use std::io::{self, Write};
use std::time::{Duration, Instant};

use alphora::{Lease, Memory, MemoryPool, SessionKey};
use alphora_tests::chaos::Random;
use serde::{Deserialize, Serialize};

use super::Costs;
use crate::{Result, proc_stat};

/// The variable that says to a process of this binary how many sessions to flood a pool with.
const ROLE: &str = "ALPHORA_FIGURES_FLOOD";

/// How many bytes the pool may keep: its default.
pub(super) const CAP: usize = 256 << 20;
/// What a session takes: as much as a conversation of some twenty messages.
const SMALLEST: usize = 8 << 10;
const LARGEST: usize = 24 << 10;
/// Sessions that are in use all the time.
const PINNED: usize = 100;
const TTL: Duration = Duration::from_secs(3600);
/// After how many sessions the process's memory is looked at.
const LOOK: usize = 20_000;

/// A memory that takes as much as it says.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Ballast {
    number: usize,
    text: String,
}

impl Ballast {
    fn new(number: usize, bytes: usize) -> Self {
        Self { number, text: "x".repeat(bytes) }
    }
}

impl Memory for Ballast {
    fn stored_bytes(&self) -> usize {
        self.text.len()
    }
}

/// What a flood has left.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Flood {
    pub(super) kept: usize,
    pub(super) bytes: u64,
    pub(super) evicted: usize,
    pub(super) over: usize,
    pub(super) pinned_lost: usize,
    pub(super) before_kib: u64,
    pub(super) most_kib: u64,
    /// The longest that one session took.
    pub(super) longest_ms: f64,
    pub(super) full_ratio: f64,
    pub(super) growing_ratio: f64,
}

/// Whether this process was started for this, and then how many sessions it is.
pub(crate) fn asked() -> Option<usize> {
    std::env::var_os(ROLE)?.to_str()?.parse().ok()
}

/// Starts this binary once more, and gives what it has found.
pub(super) async fn in_a_process(sessions: usize) -> Result<Flood> {
    let program = std::env::current_exe()?;
    let run = move || std::process::Command::new(program).env(ROLE, sessions.to_string()).output();
    let output = tokio::task::spawn_blocking(run).await??;
    if !output.status.success() {
        return Err(format!("the flood has ended with {}", output.status).into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// Floods pools, and prints what was found.
pub(crate) fn run(sessions: usize) -> Result {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    let mut flood = Flood { before_kib: resident()?, ..Flood::default() };
    runtime.block_on(async {
        fill(&mut flood, sessions).await?;
        flood.growing_ratio = grow(sessions).await?;
        writeln!(io::stdout(), "{}", serde_json::to_string(&flood)?)?;
        Ok(())
    })
}

/// A pool whose cap is reached early.
async fn fill(flood: &mut Flood, sessions: usize) -> Result {
    let pool = MemoryPool::new(TTL, sessions).with_max_bytes(CAP);
    let mut pinned = Vec::new();
    for number in 0..PINNED {
        let key = SessionKey::try_from(format!("pinned-{number}"))?;
        pool.get_or_create::<Ballast>(key.clone()).await?.commit(Ballast::new(number, SMALLEST)).await?;
        pinned.push(pool.get_or_create::<Ballast>(key).await?);
    }
    let mut random = Random::new(1);
    let mut costs = Costs::default();
    for number in 0..sessions {
        let memory = Ballast::new(number, SMALLEST + random.below(LARGEST - SMALLEST));
        let cost = commit(&pool, number, memory).await?;
        // From when each session takes the place of another.
        if pool.size() <= number + PINNED {
            costs.add(cost);
        }
        flood.over += usize::from(pool.bytes() > CAP || pool.size() > sessions);
        if number % LOOK == 0 {
            flood.most_kib = flood.most_kib.max(resident()?);
        }
    }
    flood.most_kib = flood.most_kib.max(resident()?);
    flood.full_ratio = costs.late_to_early();
    flood.longest_ms = costs.longest.as_secs_f64() * 1e3;
    (flood.kept, flood.bytes) = (pool.size(), pool.bytes() as u64);
    flood.evicted = (sessions + PINNED).saturating_sub(pool.size());
    for (number, lease) in pinned.into_iter().enumerate() {
        flood.pinned_lost += usize::from(!stays(&pool, number, lease).await);
    }
    Ok(())
}

/// Whether a session that was in use is as it was, and can be committed.
async fn stays(pool: &MemoryPool, number: usize, lease: Lease<Ballast>) -> bool {
    let is_there = lease.stored().is_some_and(|memory| memory.number == number);
    let key = lease.key().clone();
    if !is_there || lease.commit(Ballast::new(number + 1, SMALLEST)).await.is_err() {
        return false;
    }
    let again = pool.get_or_create::<Ballast>(key).await;
    again.is_ok_and(|lease| lease.stored().is_some_and(|memory| memory.number == number + 1))
}

/// A pool that keeps them all.
async fn grow(sessions: usize) -> Result<f64> {
    let pool = MemoryPool::new(TTL, sessions);
    let mut costs = Costs::default();
    for number in 0..sessions {
        costs.add(commit(&pool, number, Ballast::new(number, 8)).await?);
    }
    Ok(costs.late_to_early())
}

/// One turn of a session of its own, and how long it took.
async fn commit(pool: &MemoryPool, number: usize, memory: Ballast) -> Result<Duration> {
    let begun = Instant::now();
    let lease = pool.get_or_create::<Ballast>(format!("flood-{number}")).await?;
    lease.commit(memory).await?;
    Ok(begun.elapsed())
}

fn resident() -> Result<u64> {
    Ok(proc_stat::resident_kib(std::process::id())?)
}
