//! R12: SIGTERM among live streams. Every stream gets a terminal event, whoever asks meanwhile is told, and the
//! process is gone soon after its deadline.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use crate::Result;
use crate::client;
use crate::figure::Row;
use crate::load::Load;
use crate::server_process::ServerProcess;
use crate::settings::Scale;

const STREAMS: usize = 1_000;
/// How long running streams may go on.
const DRAIN: Duration = Duration::from_secs(3);
/// The time over which the streams start, and the time between two events of one.
const SPREAD: Duration = Duration::from_secs(1);
const BEAT: Duration = Duration::from_millis(100);
/// How many events the streams have that end by themselves: with the spread, all of these end within the drain.
const EVENTS: std::ops::Range<usize> = 20..29;
/// When the signal is sent, in milliseconds after the first stream has begun.
const SIGNAL: std::ops::Range<u64> = 1_200..1_700;

pub(crate) async fn run(scale: Scale) -> Result<Vec<Row>> {
    let streams = scale.of(STREAMS);
    let (drain, places) = (DRAIN.as_secs().to_string(), (streams + 100).to_string());
    let options = [("drain_timeout", &*drain), ("max_runs", &places)];
    let mut server = ServerProcess::start(&options).await?;
    let scripts: Vec<_> = (0..streams).map(|index| (script(index), true)).collect();
    let ending = scripts.iter().filter(|(script, _)| script.split(' ').count() == 3).count();

    let begun = Instant::now();
    let load = Load::start(server.address, SPREAD, &scripts);
    tokio::time::sleep(at_random().saturating_sub(begun.elapsed())).await;
    let live = server.state().await?.running;
    let signal = server.terminate()?;
    let waits = DRAIN.mul_f64(0.8);
    let (ready, refused, exit) = tokio::join!(
        first_unready(server.address, signal, waits),
        refused(server.address, signal, waits),
        exit(&mut server, DRAIN + Duration::from_secs(10)),
    );
    let replies = load.replies().await;

    let endings: Vec<_> =
        replies.iter().map(|reply| reply.as_ref().ok().and_then(client::Reply::ending)).collect();
    let count = |wanted: Option<&str>| endings.iter().filter(|ending| **ending == wanted).count();
    let (asked, answered) = refused;
    let mut rows = vec![
        Row::exactly("live streams at the signal", live, streams),
        Row::exactly("streams without a terminal event and `[DONE]`", count(None), 0),
        Row::exactly("streams that ended by themselves", count(Some("stop")), ending),
        Row::exactly("streams that were cut with a last event", count(Some("shutdown")), streams - ending),
        Row::exactly(format_args!("new answers of {asked} that were not refused with 503"), answered, 0),
    ];
    rows.push(ready.map_or_else(
        || Row::missed("readiness 503", "never"),
        |delay| Row::at_most("readiness 503 after", delay.as_secs_f64() * 1e3, 100.0, " ms"),
    ));
    match exit? {
        Some((at, code)) => {
            let after = at.saturating_duration_since(signal).as_secs_f64();
            rows.push(Row::at_most("process exit after", after, DRAIN.as_secs_f64() + 1.0, " s"));
            rows.push(match code {
                Some(0) => Row::exactly("exit code", 0, 0),
                other => Row::missed("exit code 0", format_args!("{other:?}")),
            });
        }
        None => rows.push(Row::missed("process exit", "still there 10 s after the deadline")),
    }
    Ok(rows)
}

/// What stream `index` does: every other one never ends by itself.
fn script(index: usize) -> String {
    let beat = format!("beat {}", BEAT.as_millis());
    if index.is_multiple_of(2) { beat } else { format!("{beat} {}", EVENTS.start + index / 2 % EVENTS.len()) }
}

/// A time in [`SIGNAL`], another one in each run.
fn at_random() -> Duration {
    let mut bytes = [0; 8];
    // Without randomness any time will do.
    let _ = getrandom::fill(&mut bytes);
    Duration::from_millis(SIGNAL.start + u64::from_le_bytes(bytes) % (SIGNAL.end - SIGNAL.start))
}

/// How long after the signal `/ready` has first said 503; `None` if it has not within `span`.
async fn first_unready(address: SocketAddr, signal: Instant, span: Duration) -> Option<Duration> {
    let request = alphora_tests::request("GET", "/ready", &[], b"");
    while signal.elapsed() < span {
        if client::ask(address, &request).await.is_ok_and(|reply| reply.status() == 503) {
            return Some(signal.elapsed());
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    None
}

/// How many new answers were asked for until `span` after the signal, and how many of them were not refused.
async fn refused(address: SocketAddr, signal: Instant, span: Duration) -> (usize, usize) {
    let request = client::request("say well", false);
    let (mut asked, mut answered) = (0, 0);
    tokio::time::sleep(Duration::from_millis(100)).await;
    while signal.elapsed() < span {
        asked += 1;
        if !client::ask(address, &request).await.is_ok_and(|reply| reply.status() == 503 && reply.is_whole())
        {
            answered += 1;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    (asked, answered)
}

/// When the process was gone, and its exit code.
async fn exit(server: &mut ServerProcess, patience: Duration) -> Result<Option<(Instant, Option<i32>)>> {
    let status = server.ended(patience).await?;
    Ok(status.map(|status| (Instant::now(), status.code())))
}
