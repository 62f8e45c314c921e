//! Leases that were not renewed in time.

use super::super::Violation;
use super::super::bench::{Bench, SHORT, Session, TTL, append, replace};
use crate::session::store::{Begun, Claim, Committed, Content, StoreError, StoreLease};

pub(in super::super) async fn taken(bench: &Bench) -> Result<(), Violation> {
    let session = bench.session()?;
    session.turn(replace("first")).await?;
    let before = session.record().await?;
    let (late, _) = session.grant(&Claim { lease: SHORT, ..bench.claim()? }).await?;
    let (next, content) = take_over(&session).await?;
    bench.same("began when a lease had expired", &content, &Content::Stored(before.clone()))?;
    bench.holds("compared the fences of both", "a higher one", (&late, &next), next.fence > late.fence)?;
    let refused = session.try_commit(&late, append("too late"), TTL).await;
    bench.same("committed after another took the session", &refused, &Err(StoreError::Fenced))?;
    let refused = bench.store.renew(&session.key, &late).await;
    bench.same("renewed after another took the session", &refused, &Err(StoreError::Fenced))?;
    bench.same("read what the late turn left", &session.record().await?, &before)?;
    let committed = session.commit(&next, append("second")).await?;
    bench.same(
        "committed the turn that took over",
        &committed,
        &Committed { version: 2, replayed: false },
    )?;
    let refused = session.try_commit(&late, append("later still"), TTL).await;
    bench.same("committed after another has committed", &refused, &Err(StoreError::Fenced))?;
    bench.same("counted the pieces", &session.record().await?.pieces.len(), &1)
}

pub(in super::super) async fn not_taken(bench: &Bench) -> Result<(), Violation> {
    let session = bench.session()?;
    session.turn(replace("first")).await?;
    let (lease, _) = session.grant(&Claim { lease: SHORT, ..bench.claim()? }).await?;
    tokio::time::sleep(SHORT * 2).await;
    let committed = session.commit(&lease, append("second")).await?;
    bench.same("committed by an expired lease", &committed, &Committed { version: 2, replayed: false })?;

    // Long enough for whoever renews it to be still there when others ask.
    let lasting = SHORT * 10;
    let (lease, _) = session.grant(&Claim { lease: lasting, ..bench.claim()? }).await?;
    tokio::time::sleep(lasting + SHORT).await;
    let renewed = bench.done("renewed an expired lease", bench.store.renew(&session.key, &lease).await)?;
    bench.same("renewed an expired lease", &renewed, &None)?;
    let committed = session.commit(&lease, append("third")).await?;
    bench.same("committed by the renewed lease", &committed, &Committed { version: 3, replayed: false })
}

/// A turn with a long lease that begins when the one before it has expired, as the store says.
pub(in super::super) async fn take_over(session: &Session) -> Result<(StoreLease, Content), Violation> {
    let claim = session.bench.claim()?;
    for _ in 0..1_000 {
        match session.begin(&claim).await? {
            Begun::Granted { lease, content } => return Ok((lease, content)),
            Begun::Busy { remaining } => tokio::time::sleep(remaining.min(SHORT)).await,
            other @ Begun::Replayed { .. } => {
                return Err(session.bench.violation("began a turn of its own", "Granted or Busy", other));
            }
        }
    }
    Err(session.bench.violation("waited for a lease to expire", "Granted", "Busy a thousand times"))
}
