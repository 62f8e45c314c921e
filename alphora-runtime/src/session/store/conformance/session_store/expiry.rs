//! Sessions that nobody uses.

use std::time::Duration;

use super::super::Violation;
use super::super::bench::{Bench, SHORT, TTL, append, replace};
use crate::session::store::{Claim, PageRequest, SessionSummary};

/// What a store may round a time to live by.
const TOLERANCE: Duration = Duration::from_secs(1);

pub(in super::super) async fn slides(bench: &Bench) -> Result<(), Violation> {
    let session = bench.session()?;
    let (lease, _) = session.lend().await?;
    session.commit_for(&lease, replace("first"), TTL).await?;
    let first = session.stored().await?.summary;
    lives_for(bench, "committed", &first, TTL)?;

    let (lease, _) = session.grant(&Claim { ttl: TTL * 2, ..bench.claim()? }).await?;
    let lent = session.stored().await?.summary;
    lives_for(bench, "began with twice the time to live", &lent, TTL * 2)?;
    session.release(&lease).await?;
    let released = session.stored().await?.summary;
    lives_for(bench, "released a lease that began with twice the time to live", &released, TTL * 2)?;

    let (lease, _) = session.grant(&Claim { ttl: TTL * 2, ..bench.claim()? }).await?;
    session.commit_for(&lease, append("second"), TTL / 2).await?;
    let second = session.stored().await?.summary;
    lives_for(bench, "committed with half the time to live", &second, TTL / 2)
}

fn lives_for(bench: &Bench, action: &str, summary: &SessionSummary, ttl: Duration) -> Result<(), Violation> {
    let lives = summary.expires.duration_since(summary.last_used).unwrap_or_default();
    bench.holds(
        &format!("{action}, and compared when the session was used last with when it expires"),
        &format!("{ttl:?} in between"),
        summary,
        lives.abs_diff(ttl) <= TOLERANCE,
    )
}

pub(in super::super) async fn exact(bench: &Bench) -> Result<(), Violation> {
    let session = bench.session()?;
    let (lease, _) = session.lend().await?;
    session.commit_for(&lease, replace("first"), SHORT).await?;
    // A turn that begins and gives it back begins its time anew, with what it says.
    let other = bench.session()?;
    other.turn(replace("other")).await?;
    let (lease, _) = other.grant(&Claim { ttl: SHORT, ..bench.claim()? }).await?;
    other.release(&lease).await?;
    let kept = bench.session()?;
    kept.turn(replace("kept")).await?;
    tokio::time::sleep(SHORT * 2).await;

    let page = PageRequest { after: None, limit: 10 };
    let listed = bench.done("listed", bench.store.list(&bench.agent, &bench.owner, &page).await)?;
    let ids: Vec<_> = listed.sessions.iter().map(|summary| &summary.id).collect();
    bench.same("listed where two of three have expired", &ids, &vec![kept.key.id()])?;
    for expired in [session, other] {
        bench.same("read a session that has expired", &expired.read().await?, &None)?;
        let deleted = bench.done("deleted", bench.store.delete(&expired.key).await)?;
        bench.same("deleted a session that has expired", &deleted, &false)?;
        let lease = expired.lend_anew().await?;
        let committed = expired.commit(&lease, replace("second life")).await?;
        bench.same("committed a session that began anew", &committed.version, &1)?;
    }
    Ok(())
}
