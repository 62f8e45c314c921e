//! What a sweep removes.

use super::super::Violation;
use super::super::bench::{Bench, SHORT, TTL, replace};
use crate::session::store::Claim;

const SESSIONS: u64 = 7;

/// Others who sweep the same store may take what this check waits for, but not again and again.
const ATTEMPTS: usize = 5;

pub(in super::super) async fn expired(bench: &Bench) -> Result<(), Violation> {
    let mut most = 0;
    for _ in 0..ATTEMPTS {
        let swept = attempt(bench).await?;
        most = most.max(swept);
        if swept >= SESSIONS {
            return Ok(());
        }
    }
    Err(bench.violation(
        format!("swept until nothing was left, with {SESSIONS} sessions that had expired"),
        format!("at least {SESSIONS} removed"),
        most,
    ))
}

async fn attempt(bench: &Bench) -> Result<u64, Violation> {
    let kept = bench.session()?;
    kept.turn(replace("kept")).await?;
    let used = bench.session()?;
    used.turn(replace("in use")).await?;
    let (lease, _) = used.grant(&Claim { ttl: SHORT, ..bench.claim()? }).await?;
    for _ in 0..SESSIONS {
        let session = bench.session()?;
        let (lease, _) = session.lend().await?;
        session.commit_for(&lease, replace("goes"), SHORT).await?;
    }
    tokio::time::sleep(SHORT * 2).await;
    let swept = sweep_all(bench).await?;
    kept.record().await?;
    used.record().await?;
    used.commit_for(&lease, replace("was in use"), TTL).await?;
    Ok(swept)
}

/// Sweeps until nothing is left to be removed, and says how much it was.
pub(in super::super) async fn sweep_all(bench: &Bench) -> Result<u64, Violation> {
    let mut swept = 0;
    for _ in 0..10_000 {
        match bench.done("swept", bench.store.sweep().await)? {
            0 => return Ok(swept),
            more => swept += more,
        }
    }
    Err(bench.violation("swept ten thousand times", "an end of it", swept))
}
