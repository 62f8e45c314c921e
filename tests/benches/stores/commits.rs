//! Turns per second of each store, for one client and for many.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use alphora::session::store::SessionStore;
use tokio::task::JoinSet;

use crate::Result;
use crate::session::Session;
use crate::stores::open_all;
use crate::table::{Spread, Table};

const CLIENTS: [usize; 3] = [1, 16, 64];

/// What one store did in one round.
struct Sample {
    turns_per_second: f64,
    /// Of a turn: half of them, and all but one in a hundred, take no longer.
    p50: f64,
    p99: f64,
}

/// Each round gives each store its turn; the ratio is that of the same round.
pub(crate) async fn measure(quick: bool, table: &mut Table) -> Result {
    let (rounds, span) = if quick { (1, Duration::from_millis(300)) } else { (5, Duration::from_secs(1)) };
    let stores = open_all().await?;
    for open in &stores {
        // Connections are made, scripts are loaded, files have grown.
        load(&open.store, 16, span / 4).await?;
    }
    for clients in CLIENTS {
        let mut samples: Vec<Vec<Sample>> = stores.iter().map(|_| Vec::new()).collect();
        for round in 0..rounds {
            let mut order: Vec<_> = (0..stores.len()).collect();
            if round % 2 == 1 {
                order.reverse();
            }
            for index in order {
                samples[index].push(load(&stores[index].store, clients, span).await?);
            }
        }
        for (open, of_store) in stores.iter().zip(&samples) {
            let ratios = of_store
                .iter()
                .zip(&samples[0])
                .map(|(ours, memory)| ours.turns_per_second / memory.turns_per_second);
            let median = |value: fn(&Sample) -> f64| Spread::of(of_store.iter().map(value)).median;
            table.row(
                format_args!("{}: turns a second, {clients} clients", open.kind.name()),
                format_args!("{:.0}", median(|sample| sample.turns_per_second)),
                format_args!("{}", Spread::of(ratios)),
            );
            table.row(
                format_args!("{}: a turn with {clients} clients, p50 / p99", open.kind.name()),
                format_args!("{:.0} / {:.0} us", median(|sample| sample.p50), median(|sample| sample.p99)),
                "",
            );
        }
    }
    for open in stores {
        open.store.close().await?;
    }
    Ok(())
}

/// Lets clients have turns of sessions of their own for as long as `span`.
async fn load(store: &Arc<dyn SessionStore>, clients: usize, span: Duration) -> Result<Sample> {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let mut tasks: JoinSet<Result<Vec<Duration>>> = JoinSet::new();
    let begun = Instant::now();
    for _ in 0..clients {
        let (store, number) = (store.clone(), NEXT.fetch_add(1, Ordering::Relaxed));
        tasks.spawn(async move {
            let (mut session, mut times) = (Session::new(number)?, Vec::new());
            let mut now = Instant::now();
            while now.duration_since(begun) < span {
                session.turn(&*store).await?;
                let after = Instant::now();
                times.push(after - now);
                now = after;
                // A store in memory never waits; the others have their turn all the same.
                tokio::task::consume_budget().await;
            }
            Ok(times)
        });
    }
    let mut times = Vec::new();
    while let Some(of_client) = tasks.join_next().await {
        times.extend(of_client??);
    }
    let seconds = begun.elapsed().as_secs_f64();
    times.sort_unstable();
    let percentile = |percent: usize| {
        let at = (times.len() * percent).div_ceil(100).saturating_sub(1);
        times.get(at).map_or(0.0, |time| time.as_secs_f64() * 1e6)
    };
    #[expect(clippy::cast_precision_loss, reason = "counts of turns are small")]
    let turns_per_second = times.len() as f64 / seconds;
    Ok(Sample { turns_per_second, p50: percentile(50), p99: percentile(99) })
}
