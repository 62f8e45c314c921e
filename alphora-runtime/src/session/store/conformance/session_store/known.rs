//! Records that a turn knows already need not be sent.

use super::super::Violation;
use super::super::bench::{Bench, append, replace};
use crate::session::store::{Claim, Content};

pub(in super::super) async fn stamps(bench: &Bench) -> Result<(), Violation> {
    let session = bench.session()?;
    let first = session.turn(replace("first")).await?;
    let (lease, content) = session.grant(&Claim { known: Some(first), ..bench.claim()? }).await?;
    bench.same("began with the stamp of the stored record", &content, &Content::Known)?;
    bench.same("looked at the lease's version", &lease.version, &1)?;
    session.commit(&lease, append("second")).await?;
    let record = session.record().await?;
    for known in [None, Some(first), Some(lease.fence + 1), Some(0)] {
        let (lease, content) = session.grant(&Claim { known, ..bench.claim()? }).await?;
        let action = format!("began with the stamp {known:?} where {} is stored", record.stamp);
        bench.same(&action, &content, &Content::Stored(record.clone()))?;
        session.release(&lease).await?;
    }
    let (_, content) = session.grant(&Claim { known: Some(record.stamp), ..bench.claim()? }).await?;
    bench.same("began with the stamp of the second record", &content, &Content::Known)
}

pub(in super::super) async fn another_life(bench: &Bench) -> Result<(), Violation> {
    let session = bench.session()?;
    session.turn(replace("first life")).await?;
    let old = session.turn(append("and more of it")).await?;
    bench.done("deleted a session", bench.store.delete(&session.key).await)?;
    // Up to the same version, by the same kinds of commits.
    session.turn(replace("second life")).await?;
    session.turn(append("and more of it")).await?;
    let record = session.record().await?;
    let (lease, content) = session.grant(&Claim { known: Some(old), ..bench.claim()? }).await?;
    bench.same("looked at the version of the second life", &lease.version, &2)?;
    bench.same("began with a stamp of the first life", &content, &Content::Stored(record))
}
