//! Requests per minute.

use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use super::super::Violation;
use super::super::limit_bench::{LimitBench, requests, runs};
use crate::principal::Limits;
use crate::session::store::{Exceeded, Settlement, Taken};

/// Two a second: few enough that what time adds is little, and so many that nobody waits for long.
const LIMIT: u64 = 120;

/// What time adds to a limit, and one for the rounding of clocks.
fn added(limit: u64, since: Instant) -> u64 {
    limit.saturating_mul(u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)) / 60_000 + 1
}

pub(in super::super) async fn limited(bench: &LimitBench) -> Result<(), Violation> {
    let account = bench.account(requests(LIMIT))?;
    let begun = Instant::now();
    let mut granted = 0;
    let (limit, retry_after) = loop {
        match account.take().await? {
            Taken::Granted(_) => granted += 1,
            Taken::Refused { limit, retry_after, standing } => {
                let left = account.allowance(standing.requests)?.remaining;
                bench.same("asked how many are left to one that is refused", &left, &0)?;
                break (limit, retry_after);
            }
        }
        bench.within("asked again and again", &granted, &0, &(LIMIT + added(LIMIT, begun)))?;
    };
    bench.same("asked again and again", &limit, &Exceeded::Requests)?;
    bench.within("asked until it was refused", &granted, &LIMIT, &(LIMIT + added(LIMIT, begun)))?;
    let (least, most) = (Duration::from_millis(1), Duration::from_millis(500));
    bench.within("asked when to come again", &retry_after, &least, &most)?;
    tokio::time::sleep(retry_after + Duration::from_millis(5)).await;
    account.granted("asked when it was told to").await?;
    Ok(())
}

pub(in super::super) async fn races(bench: &LimitBench) -> Result<(), Violation> {
    let begun = Instant::now();
    let both = Limits { runs: Some(30), ..requests(LIMIT) };
    for (limits, limit) in [(requests(40), 40), (both, 30)] {
        let account = bench.account(limits)?;
        let mut asking = JoinSet::new();
        for _ in 0..8 {
            let account = account.clone();
            asking.spawn(async move {
                let mut granted = 0_u64;
                for _ in 0..12 {
                    granted += u64::from(account.refused().await?.is_none());
                }
                Ok(granted)
            });
        }
        let mut granted = 0;
        while let Some(some) = asking.join_next().await {
            granted += some.map_err(|error| bench.violation("asked in a task", "no panic", error))??;
        }
        let most = if limits.runs.is_some() { limit } else { limit + added(limit, begun) };
        bench.within("asked 96 times at once", &granted, &limit, &most)?;
    }
    Ok(())
}

pub(in super::super) async fn refused_ones_count_nothing(bench: &LimitBench) -> Result<(), Violation> {
    let account = bench.account(Limits { runs: Some(1), ..requests(10) })?;
    let (run, _) = account.granted("asked for the first run").await?;
    for _ in 0..20 {
        bench.same("asked for a second run", &account.refused().await?, &Some(Exceeded::Runs))?;
    }
    account.settle(Settlement { runs: vec![run], ..Settlement::default() }).await?;
    let (_, standing) = account.granted("asked after the first run had ended").await?;
    let left = account.allowance(standing.requests)?.remaining;
    bench.within("asked how many requests are left of ten after two", &left, &8, &9)?;

    // What was granted and then did not come about, because of another account.
    let account = bench.account(requests(2))?;
    for _ in 0..10 {
        let (run, _) = account.granted("asked for a run that does not come about").await?;
        account.settle(Settlement { runs: vec![run], tokens: 0, refunded: 1 }).await?;
    }
    Ok(())
}

pub(in super::super) async fn recovered(bench: &LimitBench) -> Result<(), Violation> {
    // One each millisecond.
    let account = bench.account(requests(60_000))?;
    for _ in 0..20 {
        account.granted("asked for a run").await?;
    }
    tokio::time::sleep(Duration::from_millis(60)).await;
    let (_, standing) = account.granted("asked after a pause").await?;
    let allowance = account.allowance(standing.requests)?;
    bench.same("asked how many are left after a pause", &allowance.remaining, &59_999)?;
    bench.same("asked for the limit", &allowance.limit, &60_000)?;
    bench.same("asked when all of them are there again", &allowance.reset, &Duration::from_millis(1))
}

pub(in super::super) async fn without_a_limit(bench: &LimitBench) -> Result<(), Violation> {
    let account = bench.account(runs(1_000))?;
    for _ in 0..5 {
        let (_, standing) = account.granted("asked for a run where requests are not limited").await?;
        bench.same("asked how requests stand that are not limited", &standing.requests, &None)?;
        bench.same("asked how tokens stand that are not limited", &standing.tokens, &None)?;
    }
    // What was not limited was not counted.
    account.settle(Settlement { tokens: 1_000, ..Settlement::default() }).await?;
    let limited = account.with(Limits { tokens_per_minute: Some(5), ..requests(5) });
    let (_, standing) = limited.granted("asked for a run when there are limits").await?;
    bench.same("asked how many requests are left", &limited.allowance(standing.requests)?.remaining, &4)?;
    bench.same("asked how many tokens are left", &limited.allowance(standing.tokens)?.remaining, &5)?;
    let nothing = limited.with(requests(0));
    bench.same("asked where the limit is nothing", &nothing.refused().await?, &Some(Exceeded::Requests))
}
