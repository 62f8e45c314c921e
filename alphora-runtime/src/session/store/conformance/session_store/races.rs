//! Many turns at once.

use tokio::task::JoinSet;

use super::super::Violation;
use super::super::bench::{Bench, append, replace};
use crate::session::store::Begun;

const TURNS: usize = 16;

pub(in super::super) async fn begin(bench: &Bench) -> Result<(), Violation> {
    for round in 0..8 {
        let session = bench.session()?;
        // Sessions that are there, and those that begin.
        if round % 2 == 0 {
            session.turn(replace("first")).await?;
        }
        let mut racing = JoinSet::new();
        for _ in 0..TURNS {
            let session = session.clone();
            let claim = bench.claim()?;
            racing.spawn(async move { session.begin(&claim).await });
        }
        let mut granted = Vec::new();
        for begun in ended(bench, racing).await? {
            match begun? {
                Begun::Granted { lease, .. } => granted.push(lease),
                Begun::Busy { .. } => {}
                other @ Begun::Replayed { .. } => {
                    return Err(bench.violation("began a turn of its own", "Granted or Busy", other));
                }
            }
        }
        let [lease] = granted.as_slice() else {
            return Err(bench.violation(
                format!("began {TURNS} turns at once"),
                "one that is granted",
                granted,
            ));
        };
        session.commit(lease, replace("of the one")).await?;
    }
    Ok(())
}

pub(in super::super) async fn sessions(bench: &Bench) -> Result<(), Violation> {
    const ROUNDS: usize = 10;
    let mut racing = JoinSet::new();
    for _ in 0..TURNS {
        let session = bench.session()?;
        racing.spawn(async move {
            session.turn(replace("first")).await?;
            for round in 0..ROUNDS {
                session.turn(append(&round.to_string())).await?;
            }
            let pieces: Vec<_> = (0..ROUNDS).map(|round| bytes::Bytes::from(round.to_string())).collect();
            session.bench.same(
                "read the pieces of one of many sessions",
                &session.record().await?.pieces,
                &pieces,
            )
        });
    }
    ended(bench, racing).await?.into_iter().collect()
}

/// What all tasks have given.
pub(in super::super) async fn ended<T: Send + 'static>(
    bench: &Bench,
    mut racing: JoinSet<T>,
) -> Result<Vec<T>, Violation> {
    let mut all = Vec::new();
    while let Some(ended) = racing.join_next().await {
        all.push(ended.map_err(|error| bench.violation("ran calls in a task", "no panic", error))?);
    }
    Ok(all)
}
