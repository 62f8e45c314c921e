//! R11: three replicas share few sessions, are stopped for longer than their leases, killed, and so is what they share.
//! Each session's history stays one order of whole turns.

use std::time::Duration;

use alphora_tests::chaos::Random;
use tokio::time::{Instant, sleep, sleep_until};

use crate::Result;
use crate::cluster::{Cluster, Kind, Signal};
use crate::figure::Row;
use crate::settings::Scale;
use crate::turns::{Outcome, Plan, Turns};

/// Of each store.
const TURNS: usize = 20_000;
const STOPS: usize = 60;
/// As few as these seldom show what they are for.
const FEWEST_STOPS: usize = 12;
const REPLICA_KILLS: usize = 40;
const STORE_KILLS: usize = 20;

const REPLICAS: usize = 3;
/// The shortest that a replica which renews its leases can live with on a machine that others use too.
const LEASE: Duration = Duration::from_secs(1);
/// How long a replica stands still, in milliseconds: longer than its leases, and longer than others take to notice.
const STILL: std::ops::Range<usize> = 1_500..2_500;
/// Between two of the events, in milliseconds.
const BETWEEN: usize = 300;
/// The turns that are left after the last event have so much time.
const PATIENCE: Duration = Duration::from_secs(60);

const PLAN: Plan = Plan { clients: 24, of_replica: 8, sessions: 6, turns_of_sessions: 1_500, pause: 20 };

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Event {
    StopReplica,
    KillReplica,
    KillStore,
}

pub(crate) async fn run(scale: Scale) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for kind in [Kind::Redis, Kind::Postgres] {
        let name = kind.name();
        if !kind.is_built() {
            rows.push(Row::shown(name, "not measured: build with `--features redis,postgres`"));
            continue;
        }
        match measure(kind, scale).await {
            Ok((events, outcome)) => rows.extend(describe(name, events, &outcome)),
            Err(error) => rows.push(Row::missed(format_args!("{name}: measured to its end"), error)),
        }
    }
    Ok(rows)
}

async fn measure(kind: Kind, scale: Scale) -> Result<([usize; 3], Outcome)> {
    let mut cluster = Cluster::start(kind, REPLICAS, LEASE).await?;
    let turns = Turns::start(cluster.addresses.clone(), PLAN);
    let counts = [scale.of(STOPS).max(FEWEST_STOPS), scale.of(REPLICA_KILLS), scale.of(STORE_KILLS)];
    let mut random = Random::new(kind as u64);
    let mut still = Still::default();
    for event in shuffled(counts, &mut random) {
        sleep(Duration::from_millis(random.below(BETWEEN) as u64)).await;
        still.go_on(&cluster, Instant::now())?;
        let index = random.below(REPLICAS);
        match event {
            Event::StopReplica => still.stop(&cluster, index, &mut random).await?,
            // One that stands still dies so.
            Event::KillReplica => {
                still.0[index] = None;
                cluster.kill_replica(index)?;
                cluster.start_replica(index).await?;
            }
            Event::KillStore => {
                cluster.kill_store()?;
                cluster.start_store().await?;
            }
        }
    }
    still.all_go_on(&cluster).await?;
    turns.reach(scale.of(TURNS), PATIENCE).await;
    Ok((counts, turns.end().await?))
}

/// Until when each replica stands still, if it does.
#[derive(Debug, Default)]
struct Still([Option<Instant>; REPLICAS]);

impl Still {
    /// Stops a replica that does not stand still; one is always left to go on.
    async fn stop(&mut self, cluster: &Cluster, index: usize, random: &mut Random) -> Result {
        let mut index = index;
        while self.0[index].is_some() || self.0.iter().flatten().count() + 1 == REPLICAS {
            index = (index + 1) % REPLICAS;
            if let Some(until) = self.0.iter().flatten().min().copied() {
                sleep_until(until).await;
                self.go_on(cluster, until)?;
            }
        }
        cluster.signal_replica(index, Signal::Stop)?;
        let length = STILL.start + random.below(STILL.end - STILL.start);
        self.0[index] = Some(Instant::now() + Duration::from_millis(length as u64));
        Ok(())
    }

    /// Lets those go on whose time is over at `now`.
    fn go_on(&mut self, cluster: &Cluster, now: Instant) -> Result {
        for (index, until) in self.0.iter_mut().enumerate() {
            if until.take_if(|until| *until <= now).is_some() {
                cluster.signal_replica(index, Signal::Continue)?;
            }
        }
        Ok(())
    }

    async fn all_go_on(&mut self, cluster: &Cluster) -> Result {
        while let Some(until) = self.0.iter().flatten().min().copied() {
            sleep_until(until).await;
            self.go_on(cluster, until)?;
        }
        Ok(())
    }
}

fn shuffled(counts: [usize; 3], random: &mut Random) -> Vec<Event> {
    let kinds = [Event::StopReplica, Event::KillReplica, Event::KillStore];
    let mut events: Vec<_> =
        kinds.into_iter().zip(counts).flat_map(|(event, count)| std::iter::repeat_n(event, count)).collect();
    for at in (1..events.len()).rev() {
        events.swap(at, random.below(at + 1));
    }
    events
}

fn describe(name: &str, [stops, replica_kills, store_kills]: [usize; 3], outcome: &Outcome) -> Vec<Row> {
    let verdict = outcome.verdict;
    for wrong in outcome.wrong.iter().take(3) {
        crate::note::example(wrong);
    }
    let fenced = outcome.codes.get("session_conflict").copied().unwrap_or(0);
    let exactly = |what: &str, count| Row::exactly(format_args!("{name}: {what}"), count, 0);
    vec![
        Row::shown(
            format_args!(
                "{name}: replicas stopped, killed; kills of the store; turns sent, acknowledged; sessions"
            ),
            format_args!(
                "{stops}, {replica_kills}; {store_kills}; {}, {}; {}",
                outcome.sent, verdict.acknowledged, outcome.sessions
            ),
        ),
        Row::shown(
            format_args!("{name}: answers without acknowledgement"),
            format_args!("{:?}", outcome.codes),
        ),
        Row::shown(format_args!("{name}: of these stored all the same"), verdict.unknown_stored),
        exactly("turns that went past each other", verdict.interleaved),
        exactly("acknowledged turns lost", verdict.lost),
        exactly("turns doubled", verdict.doubled),
        exactly("turns that were refused and are stored", verdict.unwanted + verdict.strange),
        Row::at_least(format_args!("{name}: turns that came back too late and were told so"), fenced, 1),
    ]
}
