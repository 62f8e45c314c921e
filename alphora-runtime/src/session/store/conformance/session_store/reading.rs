//! What is told of a session without lending it.

use std::time::Duration;

use super::super::Violation;
use super::super::bench::{Bench, append, replace};
use crate::session::store::PageRequest;

pub(in super::super) async fn tells(bench: &Bench) -> Result<(), Violation> {
    let session = bench.session()?;
    bench.same("read a session that is not there", &session.read().await?, &None)?;
    session.turn(replace("first")).await?;
    session.turn(append("second")).await?;
    let stored = session.stored().await?;
    bench.same("read a summary's id", &&stored.summary.id, &session.key.id())?;
    bench.same("read a summary's version", &stored.summary.version, &2)?;
    bench.same("read a summary's bytes", &stored.summary.bytes, &11)?;
    let summary = &stored.summary;
    let in_order = summary.created <= summary.last_used && summary.last_used < summary.expires;
    bench.holds("read a summary's times", "created, last used, expires, in this order", summary, in_order)?;
    // Who has the session does not keep others from reading what was committed before.
    let (lease, _) = session.lend().await?;
    bench.same("read a session that is in use", &session.record().await?, &stored.record)?;
    session.commit(&lease, append("third")).await?;
    bench.same("read after a commit", &session.record().await?.pieces.len(), &2)
}

pub(in super::super) async fn does_not_touch(bench: &Bench) -> Result<(), Violation> {
    let session = bench.session()?;
    session.turn(replace("first")).await?;
    let before = session.stored().await?;
    for _ in 0..3 {
        tokio::time::sleep(Duration::from_millis(20)).await;
        let page = PageRequest { after: None, limit: 10 };
        let listed = bench.done("listed", bench.store.list(&bench.agent, &bench.owner, &page).await)?;
        bench.same("listed a session twice", &listed.sessions, &vec![before.summary.clone()])?;
        bench.same("read a session twice", &session.stored().await?, &before)?;
        bench.done("asked for statistics", bench.store.statistics().await)?;
        bench.done("checked the store", bench.store.check().await)?;
    }
    bench.same("read a session after all that", &session.stored().await?, &before)
}
