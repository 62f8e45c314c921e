//! Fences, which tell a late holder from the one that has the session now.

use super::super::Violation;
use super::super::bench::{Bench, SHORT, TTL, replace};
use crate::session::store::{Claim, StoreError};

pub(in super::super) async fn grow(bench: &Bench) -> Result<(), Violation> {
    let session = bench.session()?;
    let mut last = 0;
    for round in 0..6 {
        let (lease, _) = session.lend().await?;
        bench.holds(
            "compared the fences of two leases",
            "a higher one",
            (last, lease.fence),
            lease.fence > last,
        )?;
        last = lease.fence;
        match round {
            0 | 4 => drop(session.commit(&lease, replace("kept")).await?),
            1 => session.release(&lease).await?,
            // The session begins anew after this, and after it has expired.
            2 => drop(bench.done("deleted a session", bench.store.delete(&session.key).await)?),
            3 => {
                session.commit_for(&lease, replace("expires"), SHORT).await?;
                tokio::time::sleep(SHORT * 2).await;
                bench.same("read a session that has expired", &session.read().await?, &None)?;
            }
            _ => {}
        }
    }
    Ok(())
}

pub(in super::super) async fn same_turn(bench: &Bench) -> Result<(), Violation> {
    let session = bench.session()?;
    session.turn(replace("before")).await?;
    let claim: Claim = bench.claim()?;
    let (old, _) = session.grant(&claim).await?;
    let (new, _) = session.grant(&claim).await?;
    bench.holds(
        "compared the fences of one turn's two leases",
        "a higher one",
        (&old, &new),
        new.fence > old.fence,
    )?;
    let late = session.try_commit(&old, replace("by the old lease"), TTL).await;
    bench.same("committed by the old lease of a turn that began again", &late, &Err(StoreError::Fenced))?;
    let late = bench.store.renew(&session.key, &old).await;
    bench.same("renewed the old lease of a turn that began again", &late, &Err(StoreError::Fenced))?;
    bench.done("released the old lease of that turn", bench.store.release(&session.key, &old).await)?;
    let committed = session.commit(&new, replace("by the new lease")).await?;
    bench.same("committed by its new lease", &(committed.version, committed.replayed), &(2, false))
}
