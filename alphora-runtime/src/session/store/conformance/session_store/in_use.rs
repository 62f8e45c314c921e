//! Sessions whose time to live ends while a turn has them.

use super::super::Violation;
use super::super::bench::{Bench, SHORT, append, replace};
use crate::session::store::{Begun, Claim, Committed, PageRequest};

pub(in super::super) async fn stays(bench: &Bench) -> Result<(), Violation> {
    let session = bench.session()?;
    session.turn(replace("first")).await?;
    let before = session.record().await?;
    let (lease, _) = session.grant(&Claim { ttl: SHORT / 4, ..bench.claim()? }).await?;
    // One that was never committed is in use just so.
    let fresh = bench.session()?;
    let (first, _) = fresh.grant(&Claim { ttl: SHORT / 4, ..bench.claim()? }).await?;
    tokio::time::sleep(SHORT).await;
    bench.done("swept", bench.store.sweep().await)?;
    bench.same("read a session in use whose time was over", &session.record().await?, &before)?;
    let page = PageRequest { after: None, limit: 10 };
    let listed = bench.done("listed", bench.store.list(&bench.agent, &bench.owner, &page).await)?;
    bench.same("listed a session in use whose time was over", &listed.sessions.len(), &1)?;
    for session in [&session, &fresh] {
        let begun = session.begin(&bench.claim()?).await?;
        let is_busy = matches!(begun, Begun::Busy { .. });
        bench.holds("began a session in use whose time was over", "Busy", begun, is_busy)?;
    }
    bench.done("renewed a lease", bench.store.renew(&session.key, &lease).await)?;
    let committed = session.commit(&lease, append("second")).await?;
    bench.same("committed it", &committed, &Committed { version: 2, replayed: false })?;
    bench.same("read what was committed", &session.record().await?.pieces.len(), &1)?;
    let committed = fresh.commit(&first, replace("first")).await?;
    bench.same("committed the one that began", &committed, &Committed { version: 1, replayed: false })
}
