//! Durations that have no end.

use std::time::Duration;

use super::super::Violation;
use super::super::bench::{Bench, append, replace};
use crate::session::store::{Begun, Claim};

/// However a store rounds what has no end, it is longer than this.
const LONG_ENOUGH: Duration = Duration::from_secs(30 * 365 * 24 * 3600);

pub(in super::super) async fn durations(bench: &Bench) -> Result<(), Violation> {
    let session = bench.session()?;
    let claim = Claim { ttl: Duration::MAX, lease: Duration::MAX, ..bench.claim()? };
    let (lease, _) = session.grant(&claim).await?;
    bench.done("renewed a lease without an end", bench.store.renew(&session.key, &lease).await)?;
    let begun = session.begin(&bench.claim()?).await?;
    let is_busy = matches!(begun, Begun::Busy { remaining } if remaining > LONG_ENOUGH);
    bench.holds("began while a lease without an end lasts", "Busy for decades", begun, is_busy)?;
    session.commit_for(&lease, replace("first"), Duration::MAX).await?;
    let (lease, _) = session.grant(&Claim { ttl: Duration::MAX, ..bench.claim()? }).await?;
    session.commit_for(&lease, append("second"), Duration::MAX).await?;
    bench.done("swept", bench.store.sweep().await)?;
    let summary = session.stored().await?.summary;
    let lives = summary.expires.duration_since(summary.last_used).unwrap_or_default();
    bench.holds(
        "read a session that is kept for ever",
        "an expiry in decades",
        &summary,
        lives > LONG_ENOUGH,
    )?;
    // Nobody wants it to be kept for ever.
    bench.done("deleted it", bench.store.delete(&session.key).await)?;
    Ok(())
}
