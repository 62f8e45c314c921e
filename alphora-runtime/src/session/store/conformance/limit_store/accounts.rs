//! Accounts that are apart.

use super::super::Violation;
use super::super::limit_bench::{LimitBench, requests};
use crate::session::store::Exceeded;

/// What may stand in a name, each time after something that nobody else has.
const NAMES: [&str; 14] =
    ["", "=", "-", "*", "a", "A", "a\0", "a%00", "a%2500", "{a}", "a:rates", "a b", "ä", "a\u{308}"];

pub(in super::super) async fn apart(bench: &LimitBench) -> Result<(), Violation> {
    let number = bench.random()?;
    let accounts = NAMES.map(|name| bench.named(&format!("{number:032x}{name}"), requests(1)));
    for account in &accounts {
        account.granted("asked for the first run of an account").await?;
    }
    for account in &accounts {
        let found = account.refused().await?;
        bench.same("asked for the second run of an account", &found, &Some(Exceeded::Requests))?;
    }
    Ok(())
}
