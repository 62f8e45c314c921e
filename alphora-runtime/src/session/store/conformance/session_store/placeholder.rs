//! Sessions that were begun and never committed.

use super::super::Violation;
use super::super::bench::{Bench, SHORT, TTL, replace};
use super::expired_lease::take_over;
use crate::session::store::{Claim, Content, PageRequest, StoreError};

pub(in super::super) async fn invisible(bench: &Bench) -> Result<(), Violation> {
    let session = bench.session()?;
    let lease = session.lend_anew().await?;
    bench.same("read a session that was only begun", &session.read().await?, &None)?;
    let page = PageRequest { after: None, limit: 10 };
    let listed = bench.done("listed", bench.store.list(&bench.agent, &bench.owner, &page).await)?;
    bench.same("listed a session that was only begun", &(listed.sessions.len(), listed.more), &(0, false))?;
    session.commit(&lease, replace("first")).await?;
    let listed = bench.done("listed", bench.store.list(&bench.agent, &bench.owner, &page).await)?;
    bench.same("listed it after its first commit", &listed.sessions.len(), &1)
}

pub(in super::super) async fn vanishes(bench: &Bench) -> Result<(), Violation> {
    // By its release.
    let session = bench.session()?;
    let lease = session.lend_anew().await?;
    session.release(&lease).await?;
    let lease = session.lend_anew().await?;
    session.release(&lease).await?;
    // By the end of its lease, however long it says that it is kept.
    let session = bench.session()?;
    let (late, _) = session.grant(&Claim { lease: SHORT, ttl: TTL, ..bench.claim()? }).await?;
    let (next, content) = take_over(&session).await?;
    bench.same("began where the first lease had expired", &content, &Content::New)?;
    bench.same("looked at its version", &next.version, &0)?;
    bench.holds("compared both fences", "a higher one", (&late, &next), next.fence > late.fence)?;
    let refused = session.try_commit(&late, replace("late"), TTL).await;
    let is_refused = matches!(refused, Err(StoreError::Fenced | StoreError::Removed));
    bench.holds("committed the first lease", "Fenced or Removed", refused, is_refused)?;
    bench.same("read after a late first commit", &session.read().await?, &None)?;
    session.commit(&next, replace("first")).await?;
    bench.same("read the turn that took over", &session.record().await?.version, &1)?;
    Ok(())
}
