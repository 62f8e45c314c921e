//! Leases that are given back.

use super::super::Violation;
use super::super::bench::{Bench, SHORT, append, replace};
use super::expired_lease::take_over;
use crate::session::store::{Claim, Committed, Content};

pub(in super::super) async fn frees(bench: &Bench) -> Result<(), Violation> {
    let session = bench.session()?;
    let lease = session.lend_anew().await?;
    session.release(&lease).await?;
    session.is_lost("a lease that was released", &lease).await?;
    bench.same("read after the first lease was released", &session.read().await?, &None)?;
    let lease = session.lend_anew().await?;
    session.commit(&lease, replace("first")).await?;
    let before = session.record().await?;
    let (lease, _) = session.lend().await?;
    session.release(&lease).await?;
    bench.same("read after a lease was released", &session.record().await?, &before)?;
    session.is_lost("a lease that was released", &lease).await?;
    let (next, content) = session.lend().await?;
    bench.same("began after a lease was released", &content, &Content::Stored(before))?;
    bench.same("looked at its version", &next.version, &1)
}

pub(in super::super) async fn lost(bench: &Bench) -> Result<(), Violation> {
    let session = bench.session()?;
    session.turn(replace("first")).await?;
    let (late, _) = session.grant(&Claim { lease: SHORT, ..bench.claim()? }).await?;
    let (holder, _) = take_over(&session).await?;
    session.release(&late).await?;
    let committed = session.commit(&holder, append("second")).await?;
    bench.same(
        "committed after another's release",
        &committed,
        &Committed { version: 2, replayed: false },
    )?;
    // One that was committed, one that was released, one of a session that is not there.
    session.release(&holder).await?;
    session.release(&holder).await?;
    bench.session()?.release(&holder).await?;
    bench.done("deleted a session", bench.store.delete(&session.key).await)?;
    session.release(&holder).await?;
    bench.same("read what releases left of a deleted session", &session.read().await?, &None)
}
