//! Sessions that are deleted, in use or not.

use super::super::Violation;
use super::super::bench::{Bench, Session, append, replace};
use crate::session::store::PageRequest;

pub(in super::super) async fn gone(bench: &Bench) -> Result<(), Violation> {
    let session = bench.session()?;
    bench.same("deleted a session that is not there", &delete(&session).await?, &false)?;
    session.turn(replace("first")).await?;
    session.turn(append("a piece")).await?;
    bench.same("deleted a session", &delete(&session).await?, &true)?;
    bench.same("deleted it again", &delete(&session).await?, &false)?;
    bench.same("read a session that was deleted", &session.read().await?, &None)?;
    let page = PageRequest { after: None, limit: 10 };
    let listed = bench.done("listed", bench.store.list(&bench.agent, &bench.owner, &page).await)?;
    bench.same("listed after a session was deleted", &listed.sessions, &Vec::new())?;
    let lease = session.lend_anew().await?;
    session.commit(&lease, replace("second life")).await?;
    let record = session.record().await?;
    bench.same("looked at the second life", &(record.version, record.pieces.len()), &(1, 0))
}

pub(in super::super) async fn in_use(bench: &Bench) -> Result<(), Violation> {
    let session = bench.session()?;
    let first = session.lend_anew().await?;
    bench.same("deleted a session that was never committed", &delete(&session).await?, &false)?;
    session.is_lost("a lease of a session that was deleted before its first commit", &first).await?;
    let lease = session.lend_anew().await?;
    session.commit(&lease, replace("first")).await?;
    let (lost, _) = session.lend().await?;
    bench.same("deleted a session that is in use", &delete(&session).await?, &true)?;
    session.is_lost("a lease of a session that was deleted", &lost).await?;
    bench.same("read it", &session.read().await?, &None)?;
    let next = session.lend_anew().await?;
    session.is_lost("a lease of a session that was deleted and began anew", &lost).await?;
    session.release(&lost).await?;
    session.commit(&next, replace("second life")).await?;
    session.is_lost("a lease of a session that was deleted and committed anew", &lost).await?;
    bench.same(
        "looked at the second life",
        &session.record().await?.snapshot.as_ref(),
        &b"second life".as_slice(),
    )
}

async fn delete(session: &Session) -> Result<bool, Violation> {
    session.bench.done("deleted a session", session.bench.store.delete(&session.key).await)
}
