//! Turns that others want to end.

use super::super::Violation;
use super::super::bench::{Bench, SHORT, Session, replace};
use super::expired_lease::take_over;
use crate::session::store::{Claim, Preemption, StoreLease};

pub(in super::super) async fn heard(bench: &Bench) -> Result<(), Violation> {
    let fresh = bench.session()?;
    let stored = bench.session()?;
    stored.turn(replace("first")).await?;
    for (session, preemption) in [(&fresh, Preemption::Interrupt), (&stored, Preemption::Rollback)] {
        let (lease, _) = session.lend().await?;
        bench.same(
            "renewed before anybody wanted the turn to end",
            &renewed(session, &lease).await?,
            &None,
        )?;
        preempt(session, preemption).await?;
        bench.same("renewed after a preemption", &renewed(session, &lease).await?, &Some(preemption))?;
        // The turn may still commit what it has.
        session.commit(&lease, replace("what there was")).await?;
    }
    Ok(())
}

pub(in super::super) async fn kept(bench: &Bench) -> Result<(), Violation> {
    let session = bench.session()?;
    session.turn(replace("first")).await?;
    let claim = bench.claim()?;
    session.grant(&claim).await?;
    preempt(&session, Preemption::Rollback).await?;
    // The answer to the first may have been lost.
    let (lease, _) = session.grant(&claim).await?;
    let heard = renewed(&session, &lease).await?;
    bench.same("renewed after the same turn had begun again", &heard, &Some(Preemption::Rollback))
}

pub(in super::super) async fn ends(bench: &Bench) -> Result<(), Violation> {
    let session = bench.session()?;
    // Of a session that is not there, and of one that nobody has.
    preempt(&session, Preemption::Interrupt).await?;
    bench.same("read a session that was only preempted", &session.read().await?, &None)?;
    let lease = session.lend_anew().await?;
    bench.same("renewed a lease that began after a preemption", &renewed(&session, &lease).await?, &None)?;
    session.commit(&lease, replace("first")).await?;
    preempt(&session, Preemption::Interrupt).await?;

    // Nothing is left of a preemption after a commit, a release, an expiry.
    for ending in 0..4 {
        let claim =
            Claim { lease: if ending == 2 { SHORT } else { super::super::bench::LONG }, ..bench.claim()? };
        let (lease, _) = session.grant(&claim).await?;
        if ending != 2 {
            bench.same(
                "renewed the lease after the one preempted",
                &renewed(&session, &lease).await?,
                &None,
            )?;
        }
        preempt(&session, Preemption::Rollback).await?;
        match ending {
            0 => drop(session.commit(&lease, replace("next")).await?),
            1 => session.release(&lease).await?,
            2 => {
                let (next, _) = take_over(&session).await?;
                bench.same("renewed the lease that took over", &renewed(&session, &next).await?, &None)?;
                session.release(&next).await?;
            }
            _ => {}
        }
    }
    Ok(())
}

async fn preempt(session: &Session, preemption: Preemption) -> Result<(), Violation> {
    session.bench.done("preempted a session", session.bench.store.preempt(&session.key, preemption).await)
}

async fn renewed(session: &Session, lease: &StoreLease) -> Result<Option<Preemption>, Violation> {
    session.bench.done("renewed a lease", session.bench.store.renew(&session.key, lease).await)
}
