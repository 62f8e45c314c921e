//! Which times a turn moves.

use std::time::Duration;

use super::super::Violation;
use super::super::bench::{Bench, Session, replace};
use crate::session::store::{Change, SessionSummary};

/// More than the resolution of a store's times.
const PAUSE: Duration = Duration::from_millis(20);

pub(in super::super) async fn times(bench: &Bench) -> Result<(), Violation> {
    let session = bench.session()?;
    session.turn(replace("first")).await?;
    let mut before = session.stored().await?.summary;
    for change in [replace("second"), super::super::bench::append("third"), Change::Touch] {
        tokio::time::sleep(PAUSE).await;
        let (lease, _) = session.lend().await?;
        before = moved(&session, "began a turn", &before).await?;
        tokio::time::sleep(PAUSE).await;
        session.commit(&lease, change).await?;
        before = moved(&session, "committed a turn", &before).await?;
    }
    Ok(())
}

async fn moved(
    session: &Session,
    action: &str,
    before: &SessionSummary,
) -> Result<SessionSummary, Violation> {
    let bench = &session.bench;
    let after = session.stored().await?.summary;
    bench.same(&format!("{action}: the time of the first commit"), &after.created, &before.created)?;
    let is_later = after.last_used > before.last_used && after.expires > before.expires;
    bench.holds(action, "a later last use, and a later expiry", (before, &after), is_later)?;
    Ok(after)
}
