//! Calls whose futures are dropped before they are done.

use std::time::Duration;

use super::super::Violation;
use super::super::bench::{Bench, SHORT, TTL, append, replace};
use super::expired_lease::take_over;
use crate::session::store::{Begun, Change, Claim, Commit, PageRequest, Preemption};

/// After how many microseconds calls are dropped: before they are polled a second time, up to after they are done.
const AFTER: [u64; 10] = [0, 20, 50, 100, 200, 400, 800, 1_600, 3_200, 10_000];

pub(in super::super) async fn whole(bench: &Bench) -> Result<(), Violation> {
    let session = bench.session()?;
    session.turn(replace("first")).await?;
    for after in AFTER.map(Duration::from_micros) {
        let before = session.record().await?;
        // A turn that was begun and dropped may have the session until its lease expires.
        let claim = Claim { lease: SHORT, ..bench.claim()? };
        drop(tokio::time::timeout(after, bench.store.begin(&session.key, &claim)).await);
        let (lease, _) = take_over(&session).await?;

        drop(tokio::time::timeout(after, bench.store.renew(&session.key, &lease)).await);
        drop(tokio::time::timeout(after, bench.store.preempt(&session.key, Preemption::Interrupt)).await);
        drop(tokio::time::timeout(after, bench.store.read(&session.key)).await);
        let page = PageRequest { after: None, limit: 10 };
        drop(tokio::time::timeout(after, bench.store.list(&bench.agent, &bench.owner, &page)).await);
        bench.same("read what was not committed", &session.record().await?, &before)?;

        let piece = format!("{after:?}");
        let commit = Commit { change: append(&piece), ttl: TTL };
        drop(tokio::time::timeout(after, bench.store.commit(&session.key, &lease, &commit)).await);
        // Done or not, the turn can be committed, and is once.
        let committed = session.commit(&lease, commit.change.clone()).await?;
        bench.same("committed after a commit was dropped", &committed.version, &(before.version + 1))?;
        let after_it = session.record().await?;
        let mut expected = before.pieces.clone();
        expected.push(piece.into());
        bench.same("read after a commit was dropped", &after_it.pieces, &expected)?;

        let (lease, _) = take_over(&session).await?;
        drop(tokio::time::timeout(after, bench.store.release(&session.key, &lease)).await);
        session.release(&lease).await?;
    }
    for after in AFTER.map(Duration::from_micros) {
        let session = bench.session()?;
        session.turn(replace("first")).await?;
        drop(tokio::time::timeout(after, bench.store.delete(&session.key)).await);
        drop(tokio::time::timeout(after, bench.store.sweep()).await);
        // What was dropped may be done a little later.
        let begun = session.begin(&bench.claim()?).await?;
        let Begun::Granted { lease, .. } = begun else {
            return Err(bench.violation("began after a delete was dropped", "Granted", begun));
        };
        match session.try_commit(&lease, Change::Replace { format: 1, snapshot: "second".into() }, TTL).await
        {
            Ok(_)
            | Err(crate::session::store::StoreError::Removed | crate::session::store::StoreError::Fenced) => {
            }
            Err(error) => {
                return Err(bench.violation("committed after a delete was dropped", "no error", error));
            }
        }
    }
    Ok(())
}
