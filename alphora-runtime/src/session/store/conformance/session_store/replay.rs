//! Turns that commit a second time, because the first answer was lost.

use super::super::Violation;
use super::super::bench::{Bench, append, replace};
use crate::session::store::{Begun, Change, Committed};

pub(in super::super) async fn commit(bench: &Bench) -> Result<(), Violation> {
    let session = bench.session()?;
    for (change, version) in
        [replace("first"), append("second"), Change::Touch, append("fourth")].into_iter().zip(1..)
    {
        let (lease, _) = session.lend().await?;
        session.commit(&lease, change.clone()).await?;
        let stored = session.stored().await?;
        for _ in 0..2 {
            let again = session.commit(&lease, change.clone()).await?;
            bench.same("committed a turn again", &again, &Committed { version, replayed: true })?;
        }
        bench.same("read what a repeated commit left", &session.record().await?, &stored.record)?;
        // Nor does it disturb the turn that has the session by then.
        let (next, _) = session.lend().await?;
        let again = session.commit(&lease, change.clone()).await?;
        bench.same(
            "committed a turn again under the next one",
            &again,
            &Committed { version, replayed: true },
        )?;
        session.release(&next).await?;
    }
    // The turn before the last is not remembered, and changes nothing either.
    let (old, _) = session.lend().await?;
    session.commit(&old, append("fifth")).await?;
    session.turn(append("sixth")).await?;
    let stored = session.record().await?;
    let late = session.try_commit(&old, append("fifth"), super::super::bench::TTL).await;
    let is_right = match &late {
        Ok(committed) => *committed == Committed { version: 5, replayed: true },
        Err(error) => *error == crate::session::store::StoreError::Fenced,
    };
    bench.holds(
        "committed the turn before the last again",
        "Fenced, or a replay of version 5",
        late,
        is_right,
    )?;
    bench.same("read what it left", &session.record().await?, &stored)
}

pub(in super::super) async fn begin(bench: &Bench) -> Result<(), Violation> {
    let session = bench.session()?;
    let claim = bench.claim()?;
    let (lease, _) = session.grant(&claim).await?;
    session.commit(&lease, replace("first")).await?;
    for _ in 0..2 {
        let again = session.begin(&claim).await?;
        bench.same("began a turn that has been committed", &again, &Begun::Replayed { version: 1 })?;
    }
    // That it asked has not taken the session.
    let (next, _) = session.lend().await?;
    let again = session.begin(&claim).await?;
    let is_right = matches!(again, Begun::Replayed { version: 1 } | Begun::Busy { .. });
    bench.holds(
        "began a committed turn while another has the session",
        "Replayed or Busy",
        again,
        is_right,
    )?;
    let committed = session.commit(&next, append("second")).await?;
    bench.same("committed the other turn", &committed, &Committed { version: 2, replayed: false })
}
