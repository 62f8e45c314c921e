//! Leases that are renewed.

use tokio::time::Instant;

use super::super::Violation;
use super::super::bench::{Bench, SHORT, append, replace};
use crate::session::store::{Begun, Claim, Committed};

/// How often a lease is renewed before it is compared with its first end.
const ROUNDS: u32 = 8;

pub(in super::super) async fn keeps(bench: &Bench) -> Result<(), Violation> {
    let session = bench.session()?;
    session.turn(replace("first")).await?;
    let lasting = SHORT * 10;
    let (lease, _) = session.grant(&Claim { lease: lasting, ..bench.claim()? }).await?;
    let mut late = false;
    for _ in 0..ROUNDS {
        let asked = Instant::now();
        tokio::time::sleep(lasting / 4).await;
        let renewed = bench.done("renewed a lease", bench.store.renew(&session.key, &lease).await)?;
        bench.same("renewed a lease that nobody wants to end", &renewed, &None)?;
        let begun = session.begin(&bench.claim()?).await?;
        // On a machine that stood still the lease may have expired, which is no fault of the store.
        late |= asked.elapsed() >= lasting / 2;
        match begun {
            Begun::Busy { remaining } => {
                bench.holds(
                    "asked for how long a renewed lease lasts",
                    "no longer than the lease",
                    remaining,
                    remaining <= lasting && !remaining.is_zero(),
                )?;
            }
            other if late => {
                drop(other);
                return Ok(());
            }
            other => return Err(bench.violation("began while a lease is renewed in time", "Busy", other)),
        }
    }
    let committed = session.commit(&lease, append("second")).await?;
    bench.same(
        "committed long after the first end",
        &committed,
        &Committed { version: 2, replayed: false },
    )?;
    session
        .is_lost(
            "a lease that was committed, as another turn",
            &crate::session::store::StoreLease { turn: bench.random()?, ..lease },
        )
        .await
}
