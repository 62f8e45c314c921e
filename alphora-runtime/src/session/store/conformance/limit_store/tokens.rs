//! Tokens per minute, which are charged when they are known.

use std::time::Duration;

use super::super::Violation;
use super::super::limit_bench::{LimitBench, tokens};
use crate::session::store::{Exceeded, Settlement, Taken};

fn used(tokens: u64) -> Settlement {
    Settlement { tokens, ..Settlement::default() }
}

pub(in super::super) async fn charged(bench: &LimitBench) -> Result<(), Violation> {
    let account = bench.account(tokens(100))?;
    account.granted("asked before anything was used").await?;
    account.settle(used(40)).await?;
    let (_, standing) = account.granted("asked with tokens left").await?;
    let left = account.allowance(standing.tokens)?.remaining;
    bench.within("asked how many tokens of 100 are left after 40", &left, &60, &70)?;
    account.settle(used(210)).await?;
    match account.take().await? {
        Taken::Refused { limit: Exceeded::Tokens, retry_after, standing } => {
            let allowance = account.allowance(standing.tokens)?;
            bench.same("asked how many are left of what was used twice over", &allowance.remaining, &0)?;
            let (least, most) = (Duration::from_secs(80), Duration::from_millis(90_600));
            bench.within("asked when 250 of 100 tokens are made up for", &retry_after, &least, &most)?;
            let (least, most) = (Duration::from_secs(140), Duration::from_secs(150));
            bench.within("asked when all of them are there again", &allowance.reset, &least, &most)?;
        }
        other => return Err(bench.violation("asked after 250 of 100 tokens", "Refused for tokens", other)),
    }
    // However many they are.
    account.settle(used(u64::MAX)).await?;
    account.settle(used(u64::MAX)).await?;
    bench.same("asked after far too many tokens", &account.refused().await?, &Some(Exceeded::Tokens))
}

pub(in super::super) async fn recovered(bench: &LimitBench) -> Result<(), Violation> {
    // A hundred each millisecond.
    let account = bench.account(tokens(6_000_000))?;
    account.granted("asked before anything was used").await?;
    account.settle(used(6_010_000)).await?;
    let Taken::Refused { retry_after, .. } = account.take().await? else { return Ok(()) };
    bench.within("asked when to come again", &retry_after, &Duration::ZERO, &Duration::from_millis(101))?;
    tokio::time::sleep(retry_after + Duration::from_millis(5)).await;
    account.granted("asked when it was told to").await?;
    Ok(())
}
