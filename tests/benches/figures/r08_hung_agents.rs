//! R8: agents that hang, each in its own way. Each run ends at its clock, and gives its place back.

use std::io;
use std::time::{Duration, Instant};

use crate::Result;
use crate::client::{self, Reply};
use crate::figure::Row;
use crate::latency::{Latencies, milliseconds};
use crate::load::Load;
use crate::server_process::ServerProcess;
use crate::settings::Scale;

const RUNS: usize = 1_000;
/// One of so many runs sends as fast as it can.
const PER_FLOOD: usize = 250;

/// The clocks of the agent: before its first event, between two of them, and of all.
const FIRST_EVENT: Duration = Duration::from_secs(3);
const IDLE: Duration = Duration::from_secs(4);
const TOTAL: Duration = Duration::from_secs(6);

/// The time over which the runs start.
const SPREAD: Duration = Duration::from_secs(1);
/// How far from its clock a run may end.
const TOLERANCE: Duration = Duration::from_millis(250);
/// How long the runs of the second load last.
const WAIT: Duration = Duration::from_secs(2);

/// A way to hang: what the agent is told, its clock, and whether that counts from the first event.
struct Hang {
    script: &'static str,
    clock: Duration,
    from_event: bool,
}

const HANGS: [Hang; 3] = [
    Hang { script: "silent", clock: FIRST_EVENT, from_event: false },
    Hang { script: "once", clock: IDLE, from_event: true },
    Hang { script: "beat 20", clock: TOTAL, from_event: false },
];
const FLOOD: Hang = Hang { script: "flood", clock: TOTAL, from_event: false };

pub(crate) async fn run(scale: Scale) -> Result<Vec<Row>> {
    let runs = scale.of(RUNS);
    let places = runs.to_string();
    let seconds = |duration: Duration| duration.as_secs().to_string();
    let mut server = ServerProcess::start(&[
        ("max_runs", &places),
        ("first_event_timeout", &seconds(FIRST_EVENT)),
        ("idle_timeout", &seconds(IDLE)),
        ("timeout", &seconds(TOTAL)),
    ])
    .await?;

    let hangs: Vec<_> = (0..runs).map(hang).collect();
    let scripts: Vec<_> = hangs.iter().map(|(hang, stream)| (hang.script.to_owned(), *stream)).collect();
    let load = Load::start(server.address, SPREAD, &scripts);
    let full = server.wait_until(FIRST_EVENT, |state| state.running == runs).await?;
    let one_more = client::ask(server.address, &client::request("say well", false)).await?;
    let replies = load.replies().await;
    let after = server.wait_until(TOLERANCE, |state| state.running == 0).await?;

    let again = vec![(format!("wait {}", WAIT.as_millis()), true); runs];
    let load = Load::start(server.address, SPREAD, &again);
    let second = server.wait_until(WAIT, |state| state.running == runs).await?;
    let admitted = load.replies().await;

    let mut rows = vec![
        Row::exactly("runs that hang at once", full.running, runs),
        Row::exactly("status of one more meanwhile", usize::from(one_more.status()), 429),
    ];
    rows.extend(endings(&hangs, &replies));
    rows.push(Row::exactly("runs left", after.running, 0));
    rows.push(Row::exactly("runs of the next full load at once", second.running, runs));
    let whole = admitted.iter().flatten().filter(|reply| reply.ending() == Some("stop")).count();
    rows.push(Row::exactly("answers of the next full load", whole, runs));
    let healthy = admitted.iter().flatten().map(|reply| distance(reply.last, reply.sent + WAIT)).collect();
    rows.push(Row::shown(
        "for comparison: runs that end by themselves, p50 / p99 / max off",
        three(&healthy),
    ));
    Ok(rows)
}

/// How run `index` hangs, and whether it is streamed.
fn hang(index: usize) -> (&'static Hang, bool) {
    if index % PER_FLOOD == PER_FLOOD - 1 {
        // Only a stream: an answer in one piece that is too large is an error of its own.
        return (&FLOOD, true);
    }
    (&HANGS[index % HANGS.len()], (index / HANGS.len()).is_multiple_of(2))
}

fn endings(hangs: &[(&Hang, bool)], replies: &[io::Result<Reply>]) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut off = Vec::new();
    for hang in HANGS.iter().chain([&FLOOD]) {
        for stream in [true, false] {
            let same = |other: &(&Hang, bool)| other.0.script == hang.script && other.1 == stream;
            let ours = || hangs.iter().zip(replies).filter(|(hang, _)| same(hang));
            let count = ours().count();
            if count == 0 {
                continue;
            }
            let form = if stream { "streamed" } else { "in one piece" };
            let well = ours().filter(|(_, reply)| reply.as_ref().is_ok_and(|reply| timed_out(reply, hang)));
            let what = format!("`{}`, {form}: ended by its clock", hang.script);
            rows.push(Row::exactly(what, well.count(), count));
            let distances: Latencies = ours()
                .filter_map(|(_, reply)| reply.as_ref().ok())
                .map(|reply| distance(reply.last, due(reply, hang, stream)))
                .collect();
            rows.push(Row::shown(
                format_args!("`{}`, {form}: p50 / p99 / max off", hang.script),
                three(&distances),
            ));
            off.push(distances.percentile(100));
        }
    }
    let furthest = off.into_iter().max().unwrap_or_default();
    rows.push(Row::at_most(
        "the run that ended furthest from its clock",
        furthest.as_secs_f64() * 1e3,
        TOLERANCE.as_secs_f64() * 1e3,
        " ms",
    ));
    rows
}

/// Whether the run was ended by its clock: with a status while nothing had been sent, else with a finish.
fn timed_out(reply: &Reply, hang: &Hang) -> bool {
    let status = if hang.script == "silent" { 504 } else { 200 };
    reply.status() == status && reply.ending() == Some("timeout")
}

/// When the run should have ended. The first event of an answer in one piece is as old as its request.
fn due(reply: &Reply, hang: &Hang, stream: bool) -> Instant {
    let since = if hang.from_event && stream { reply.first } else { reply.sent };
    since + hang.clock
}

fn distance(one: Instant, other: Instant) -> Duration {
    one.saturating_duration_since(other).max(other.saturating_duration_since(one))
}

fn three(latencies: &Latencies) -> String {
    let [p50, p99, max] = [50, 99, 100].map(|percent| milliseconds(latencies.percentile(percent)));
    format!("{p50} / {p99} / {max} ms")
}
