//! R19: what it costs to know who asks, to limit them, and to see what they do, against the same server without.

mod client;
mod collector;
mod contestant;
mod offered;
mod process;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use alphora_tests::median;
use tokio::task::JoinSet;
use tokio::time::{Instant, interval, sleep};

use self::client::Client;
use self::collector::Collector;
use self::contestant::Contestant;
use self::process::Process;
use crate::Result;
use crate::figure::{Bound, Row};
use crate::proc_stat::cpu_time;
use crate::settings::Scale;

const CONNECTIONS: usize = 32;
/// Each contestant has a turn in each round, in an order that is reversed from round to round.
const ROUNDS: usize = 15;
const FEWEST_ROUNDS: usize = 3;
const TURN: Duration = Duration::from_secs(1);
const WARM_UP: Duration = Duration::from_millis(200);
const PATIENCE: Duration = Duration::from_secs(10);
/// Of the answers a second of the bare server, what has to be left under a load that both can bear.
const LEAST: f64 = 0.9;
/// And where both are asked as much as they can answer: the same is the goal. The README says where the rest goes, and
/// what is reached is kept by the gate.
const LEAST_AT_MOST: Bound = Bound { goal: LEAST, gate: 0.7 };
/// The time between two scrapes: Prometheus lets fifteen seconds pass.
const SCRAPE_INTERVAL: Duration = Duration::from_millis(100);

/// What one contestant did in its turns.
#[derive(Default)]
struct Done {
    requests_per_second: Vec<f64>,
    microseconds: Vec<f64>,
}

pub(crate) async fn run(scale: Scale) -> Result<Vec<Row>> {
    let collector = Collector::start().await?;
    let mut contestants = Vec::new();
    for contestant in Contestant::all() {
        contestants.push((contestant, Process::start(contestant, collector.address).await?, Done::default()));
    }
    for round in 0..scale.of(ROUNDS).max(FEWEST_ROUNDS) {
        for place in 0..contestants.len() {
            let place = if round % 2 == 0 { place } else { contestants.len() - 1 - place };
            let (contestant, process, done) = &mut contestants[place];
            let (requests_per_second, processor) = turn(process, contestant.is_watched()).await?;
            done.requests_per_second.push(requests_per_second);
            done.microseconds.push(processor);
        }
    }
    let (bare, watched) = contestants.split_first().ok_or("there is no bare server")?;
    let base = median(&bare.2.requests_per_second);
    let mut rows = vec![
        Row::shown("the bare server: requests a second", format_args!("{base:.0}")),
        Row::shown(
            "the bare server: processor time of a request",
            format_args!("{:.1} µs", median(&bare.2.microseconds)),
        ),
    ];
    for (contestant, _, done) in watched {
        let ratios: Vec<_> = done
            .requests_per_second
            .iter()
            .zip(&bare.2.requests_per_second)
            .map(|(its, bare)| its / bare)
            .collect();
        let what = format!("{}: of its requests a second", contestant.name());
        rows.push(match contestant.has_goal() {
            true => Row::gated(what, median(&ratios), LEAST_AT_MOST),
            false => Row::shown(what, format_args!("{:.2}", median(&ratios))),
        });
        rows.push(Row::shown(
            format_args!("{}: processor time of a request", contestant.name()),
            format_args!("{:.1} µs", median(&done.microseconds)),
        ));
    }
    let all = watched.last().ok_or("there is no watched server")?;
    rows.extend(offered::compare(scale, &bare.1, (&all.1, all.0.name())).await?);
    rows.push(Row::shown("bytes of traces that were received", collector.bytes()));
    Ok(rows)
}

/// Asks one server as much as it can answer, and gives its requests a second and the microseconds of each.
async fn turn(process: &Process, is_watched: bool) -> Result<(f64, f64)> {
    let (over, answered) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let mut clients = JoinSet::new();
    for _ in 0..CONNECTIONS {
        clients.spawn(ask(process.address, over.clone(), answered.clone()));
    }
    if is_watched {
        clients.spawn(scrape(process.address, over.clone()));
    }
    sleep(WARM_UP).await;
    let (begun, before, spent) = (Instant::now(), answered.load(Ordering::Relaxed), cpu_time(process.id())?);
    sleep(TURN).await;
    let (took, spent) = (begun.elapsed(), cpu_time(process.id())?.saturating_sub(spent));
    let answered = answered.load(Ordering::Relaxed) - before;
    over.store(true, Ordering::Relaxed);
    while let Some(client) = clients.join_next().await {
        client??;
    }
    let answered = f64::from(u32::try_from(answered)?.max(1));
    Ok((answered / took.as_secs_f64(), spent.as_secs_f64() * 1e6 / answered))
}

/// One client: a request as soon as the last one was answered.
async fn ask(address: SocketAddr, over: Arc<AtomicBool>, answered: Arc<AtomicUsize>) -> Result {
    let mut client = Client::connect(address).await?;
    while !over.load(Ordering::Relaxed) {
        client.ask().await?;
        answered.fetch_add(1, Ordering::Relaxed);
    }
    Ok(())
}

/// What a Prometheus asks for, far more often than one asks, from before the measured time until it is over.
async fn scrape(address: SocketAddr, over: Arc<AtomicBool>) -> Result {
    let mut ticks = interval(SCRAPE_INTERVAL);
    while !over.load(Ordering::Relaxed) {
        ticks.tick().await;
        let answer = alphora_tests::get(address, "/metrics").await;
        if answer.status != 200 {
            return Err(format!("/metrics: {}", answer.status).into());
        }
    }
    Ok(())
}
