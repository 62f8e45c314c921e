//! How much is kept.

use std::time::Duration;

use super::super::Violation;
use super::super::bench::{Bench, append, replace};
use crate::session::store::StoreStatistics;

const SESSIONS: u64 = 5;

/// Others who use the same store may change its numbers meanwhile, but not each time.
const ATTEMPTS: u32 = 40;

pub(in super::super) async fn count(bench: &Bench) -> Result<(), Violation> {
    let mut last = None;
    for attempt in 0..ATTEMPTS {
        match attempt_once(bench).await? {
            None => return Ok(()),
            Some((action, expected, found)) => last = Some((action, expected, found)),
        }
        tokio::time::sleep(Duration::from_millis(10) * attempt).await;
    }
    let (action, expected, found) = last.unwrap_or_default();
    Err(bench.violation(action, format!("{expected:?}, once in {ATTEMPTS} attempts"), found))
}

type Difference = (&'static str, StoreStatistics, StoreStatistics);

/// The first step after which the numbers are not what this check alone would have made of them.
async fn attempt_once(bench: &Bench) -> Result<Option<Difference>, Violation> {
    let statistics = async || bench.done("asked for statistics", bench.store.statistics().await);
    let before = statistics().await?;
    let differs = |action, sessions: u64, bytes: u64, found: StoreStatistics| {
        let expected = StoreStatistics { sessions: before.sessions + sessions, bytes: before.bytes + bytes };
        (found != expected).then_some((action, expected, found))
    };
    let mut sessions = Vec::new();
    let mut first = None;
    for _ in 0..SESSIONS {
        let session = bench.session()?;
        let lease = session.lend_anew().await?;
        sessions.push((session, lease));
    }
    first = first.or(differs("began sessions", 0, 0, statistics().await?));
    for (session, lease) in &sessions {
        session.commit(lease, replace("1234567")).await?;
    }
    first =
        first.or(differs("committed sessions of seven bytes", SESSIONS, 7 * SESSIONS, statistics().await?));
    for (session, _) in &sessions {
        session.turn(append("890")).await?;
    }
    first = first.or(differs("appended three bytes to each", SESSIONS, 10 * SESSIONS, statistics().await?));
    for (session, _) in &sessions {
        session.turn(replace("12")).await?;
    }
    first = first.or(differs("replaced each by two bytes", SESSIONS, 2 * SESSIONS, statistics().await?));
    for (session, _) in &sessions {
        bench.done("deleted a session", bench.store.delete(&session.key).await)?;
    }
    Ok(first.or(differs("deleted them all", 0, 0, statistics().await?)))
}
