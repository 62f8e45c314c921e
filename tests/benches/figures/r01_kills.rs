//! R1: `kill -9` at random, again and again, while turns are under way. What was acknowledged is there once, and
//! everything opens again.

use std::time::Duration;

use alphora_tests::chaos::Random;

use crate::Result;
use crate::cluster::{Cluster, Kind};
use crate::figure::Row;
use crate::latency::{Latencies, milliseconds};
use crate::settings::Scale;
use crate::turns::{Outcome, Plan, Turns};

/// Of each store.
const TURNS: usize = 10_000;
const KILLS: usize = 200;
/// Where servers share a store, one of them is killed after every so many kills of the store.
const STORE_KILLS_BETWEEN: usize = 2;
/// Longer than anything takes, and short enough that the turns of a killed server are not waited for.
const LEASE: Duration = Duration::from_secs(1);
/// When a kill comes, in microseconds after its turn has come.
const MOMENT: usize = 30_000;
/// What comes up again has to answer a turn within this time.
const PATIENCE: Duration = Duration::from_secs(15);

const PLAN: Plan = Plan { clients: 8, of_replica: 8, sessions: 32, turns_of_sessions: 5_000, pause: 5 };

/// What the killing has shown.
#[derive(Debug, Default)]
struct Kills {
    /// Of what keeps the sessions, and of replicas that share it.
    keepers: usize,
    replicas: usize,
    reopened: Vec<Duration>,
    /// From the start of what was killed to the next acknowledged turn.
    answered: Vec<Duration>,
    failed: Vec<String>,
}

pub(crate) async fn run(scale: Scale) -> Result<Vec<Row>> {
    let mut rows = vec![control().await?];
    for kind in [Kind::Embedded, Kind::Redis, Kind::RedisEverySecond, Kind::Postgres] {
        let name = kind.name();
        if !kind.is_built() {
            rows.push(Row::shown(name, "not measured: build with `--features redis,postgres`"));
            continue;
        }
        match measure(kind, scale).await {
            Ok((kills, outcome)) => rows.extend(describe(kind, &kills, &outcome)),
            Err(error) => rows.push(Row::missed(format_args!("{name}: measured to its end"), error)),
        }
    }
    Ok(rows)
}

/// The same with sessions in memory, which have to be lost: otherwise nothing that follows means anything.
async fn control() -> Result<Row> {
    let mut cluster = Cluster::start(Kind::Memory, 1, LEASE).await?;
    let turns = Turns::start(cluster.addresses.clone(), PLAN);
    turns.reach(100, PATIENCE).await;
    cluster.kill_replica(0)?;
    cluster.start_replica(0).await?;
    let outcome = turns.end().await?;
    let lost = outcome.verdict.lost;
    Ok(Row::at_least("acknowledged turns that a server without a store loses, for comparison", lost, 1))
}

async fn measure(kind: Kind, scale: Scale) -> Result<(Kills, Outcome)> {
    let replicas = if kind == Kind::Embedded { 1 } else { 2 };
    let mut cluster = Cluster::start(kind, replicas, LEASE).await?;
    let turns = Turns::start(cluster.addresses.clone(), PLAN);
    let (wanted, acknowledged) = (scale.of(KILLS), scale.of(TURNS));
    let (mut kills, mut random) = (Kills::default(), Random::new(kind as u64));
    while kills.keepers < wanted {
        turns.reach(acknowledged * kills.keepers / wanted, PATIENCE).await;
        tokio::time::sleep(Duration::from_micros(random.below(MOMENT) as u64)).await;
        let of_replica = is_shared(&cluster) && kills.replicas < kills.keepers / STORE_KILLS_BETWEEN;
        let killed = if of_replica {
            kills.replicas += 1;
            let index = random.below(replicas);
            cluster.kill_replica(index)?;
            cluster.start_replica(index).await
        } else {
            kills.keepers += 1;
            restart(&mut cluster).await
        };
        match killed {
            Ok(reopened) => {
                let before = turns.acknowledged();
                let waiting = std::time::Instant::now();
                if !turns.reach(before + 1, PATIENCE).await {
                    kills.failed.push(format!("no turn within {PATIENCE:?} of a start"));
                }
                if !of_replica {
                    kills.reopened.push(reopened);
                    kills.answered.push(reopened + waiting.elapsed());
                }
            }
            Err(error) => {
                kills.failed.push(error.to_string());
                break;
            }
        }
    }
    turns.reach(acknowledged, PATIENCE).await;
    Ok((kills, turns.end().await?))
}

/// Whether the sessions are kept by a server of their own.
fn is_shared(cluster: &Cluster) -> bool {
    cluster.option("session_store").is_some()
}

/// Kills what keeps the sessions, and starts it again.
async fn restart(cluster: &mut Cluster) -> Result<Duration> {
    if is_shared(cluster) {
        cluster.kill_store()?;
        cluster.start_store().await
    } else {
        cluster.kill_replica(0)?;
        cluster.start_replica(0).await
    }
}

fn describe(kind: Kind, kills: &Kills, outcome: &Outcome) -> Vec<Row> {
    let (name, verdict) = (kind.name(), outcome.verdict);
    for failure in kills.failed.iter().chain(&outcome.wrong).take(3) {
        crate::note::example(failure);
    }
    let times = |times: &[Duration]| {
        let latencies: Latencies = times.iter().copied().collect();
        let [p50, p99, most] = [50, 99, 100].map(|percent| milliseconds(latencies.percentile(percent)));
        format!("{p50} / {p99} / {most} ms")
    };
    let exactly = |what: &str, count| Row::exactly(format_args!("{name}: {what}"), count, 0);
    vec![
        Row::shown(
            format_args!("{name}: kills, of replicas too; turns sent, acknowledged; sessions"),
            format_args!(
                "{} and {}; {}, {}; {}",
                kills.keepers, kills.replicas, outcome.sent, verdict.acknowledged, outcome.sessions
            ),
        ),
        Row::shown(
            format_args!("{name}: answers without acknowledgement"),
            format_args!("{:?}", outcome.codes),
        ),
        Row::shown(format_args!("{name}: of these stored all the same"), verdict.unknown_stored),
        if kind == Kind::RedisEverySecond {
            // It promises none.
            Row::shown(format_args!("{name}: acknowledged turns lost"), verdict.lost)
        } else {
            exactly("acknowledged turns lost", verdict.lost)
        },
        exactly("turns doubled", verdict.doubled),
        exactly("turns that went past each other", verdict.interleaved),
        exactly("turns that were refused and are stored", verdict.unwanted + verdict.strange),
        exactly("opens that failed", kills.failed.len()),
        Row::shown(
            format_args!("{name}: until it was open again, p50 / p99 / longest"),
            times(&kills.reopened),
        ),
        Row::shown(
            format_args!("{name}: until the next turn was acknowledged, p50 / p99 / longest"),
            times(&kills.answered),
        ),
    ]
}
