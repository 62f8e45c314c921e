//! What others are told while a turn has a session.

use super::super::Violation;
use super::super::bench::{Bench, LONG, replace};
use crate::session::store::Begun;

pub(in super::super) async fn refuses(bench: &Bench) -> Result<(), Violation> {
    let session = bench.session()?;
    // A session that begins is lent to one turn as well.
    let first = session.lend_anew().await?;
    is_busy(bench, &session.begin(&bench.claim()?).await?)?;
    session.commit(&first, replace("first")).await?;
    let (second, _) = session.lend().await?;
    for _ in 0..3 {
        is_busy(bench, &session.begin(&bench.claim()?).await?)?;
    }
    // To have been asked for changes nothing for the holder.
    session.commit(&second, replace("second")).await?;
    session.lend().await?;
    Ok(())
}

fn is_busy(bench: &Bench, begun: &Begun) -> Result<(), Violation> {
    let is_right = matches!(begun, Begun::Busy { remaining } if !remaining.is_zero() && *remaining <= LONG);
    bench.holds(
        &format!("began a turn of a session that is in use for {LONG:?}"),
        "Busy, for a time above zero and no longer than the lease",
        begun,
        is_right,
    )
}
