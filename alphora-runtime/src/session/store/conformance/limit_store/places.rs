//! Runs at once.

use std::time::Duration;

use super::super::Violation;
use super::super::limit_bench::{LONG, LimitBench, runs};
use crate::session::store::{Exceeded, Settlement, Taken};

/// A lease that is waited for.
const SHORT: Duration = Duration::from_millis(300);

fn ended(runs: &[u128]) -> Settlement {
    Settlement { runs: runs.to_vec(), ..Settlement::default() }
}

pub(in super::super) async fn limited(bench: &LimitBench) -> Result<(), Violation> {
    let account = bench.account(runs(2))?;
    let (first, _) = account.granted("asked for the first of two places").await?;
    let (second, _) = account.granted("asked for the second of two places").await?;
    match account.take().await? {
        Taken::Refused { limit: Exceeded::Runs, retry_after, .. } => {
            bench.within("asked when to come again", &retry_after, &Duration::from_millis(1), &LONG)?;
        }
        other => return Err(bench.violation("asked for a third place", "Refused for runs", other)),
    }
    let again = account.take_for(second, LONG).await?;
    if !matches!(again, Taken::Granted(_)) {
        return Err(bench.violation("asked for a place once more that the run has", "Granted", again));
    }
    // Those of nobody are nobody's concern.
    account.settle(ended(&[bench.random()?, first])).await?;
    account.granted("asked after a place was given back").await?;
    bench.same("asked when both are taken again", &account.refused().await?, &Some(Exceeded::Runs))?;
    account.settle(ended(&[first])).await?;
    bench.same("asked when a place was given back twice", &account.refused().await?, &Some(Exceeded::Runs))
}

pub(in super::super) async fn leases(bench: &LimitBench) -> Result<(), Violation> {
    let account = bench.account(runs(2))?;
    let (kept, lost) = (bench.random()?, bench.random()?);
    for run in [kept, lost] {
        let taken = account.take_for(run, SHORT).await?;
        bench.same("asked for a place", &matches!(taken, Taken::Granted(_)), &true)?;
    }
    bench.same("asked while both places are taken", &account.refused().await?, &Some(Exceeded::Runs))?;
    account.renew(&[kept], LONG).await?;
    tokio::time::sleep(SHORT + Duration::from_millis(20)).await;
    account.granted("asked after the lease of a place was over").await?;
    bench.same("asked while one was renewed", &account.refused().await?, &Some(Exceeded::Runs))?;
    // A run that was not heard of for too long goes on nevertheless, and is counted.
    account.renew(&[lost], LONG).await?;
    account.settle(ended(&[kept])).await?;
    bench.same("asked when a place is back that was lost", &account.refused().await?, &Some(Exceeded::Runs))
}

pub(in super::super) async fn many(bench: &LimitBench) -> Result<(), Violation> {
    let account = bench.account(runs(4_000))?;
    let mut all = Vec::new();
    for _ in 0..2_500 {
        all.push(bench.random()?);
    }
    account.renew(&all, Duration::MAX).await?;
    account.granted("asked while 2,500 of 4,000 places are taken").await?;
    let full = account.with(runs(2_501));
    bench.same("asked where 2,501 places are taken", &full.refused().await?, &Some(Exceeded::Runs))?;
    account.settle(ended(&all)).await?;
    account.with(runs(2)).granted("asked after 2,500 places were given back").await?;
    Ok(())
}
