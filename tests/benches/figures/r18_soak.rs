//! R18: an ordinary load for a long time. Nothing grows: neither memory, nor threads, nor open files.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use std::{fs, io};

use alphora_tests::{Connection, KeptConnection};
use serde_json::json;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};

use crate::Result;
use crate::cluster::Cluster;
use crate::figure::Row;
use crate::proc_stat::resident_kib;
use crate::settings::Scale;

/// How long it is watched, after it has warmed up.
const SOAK: f64 = 1_800.0;
const SHORTEST: Duration = Duration::from_secs(20);
/// By then every table has its size: the pool is full and turns sessions away, and the allocator has the arenas that this
/// takes. From 10 to 30 s memory still grows by 0.7 MiB, in the four minutes after that by half as much, and then no more.
const WARM_UP: Duration = Duration::from_secs(30);
const TURNS_PER_SECOND: u32 = 200;
const WORKERS: u32 = 20;
/// A worker goes on with a new session after so many turns.
const TURNS_OF_SESSION: usize = 10;
/// The API key of all, and what a server knows of it: its SHA-256 digest.
const AUTHORIZATION: &str = "Bearer soak-key";
const DIGEST: &str = "4dd069bee50104e4f4abb22e8f40964c3a5bb3db0fcc01e236cc120a12ea6400";
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a server has to close what nobody uses any more.
const SETTLED: Duration = Duration::from_secs(3);
/// The most that memory may grow by in ten minutes, in MiB; where less time is watched, in all of it.
const GROWTH: f64 = 1.0;

/// What a process has at a moment.
#[derive(Debug, Clone, Copy)]
struct Sample {
    seconds: f64,
    kib: f64,
    threads: usize,
    files: usize,
}

impl Sample {
    fn take(process: u32, since: Instant) -> io::Result<Self> {
        let count =
            |folder: &str| Ok::<_, io::Error>(fs::read_dir(format!("/proc/{process}/{folder}"))?.count());
        let kib = u32::try_from(resident_kib(process)?).unwrap_or(u32::MAX);
        Ok(Self {
            seconds: since.elapsed().as_secs_f64(),
            kib: f64::from(kib),
            threads: count("task")?,
            files: count("fd")?,
        })
    }
}

/// What came of the turns.
#[derive(Debug, Default)]
struct Tally {
    answered: AtomicUsize,
    left: AtomicUsize,
    failed: AtomicUsize,
}

pub(crate) async fn run(scale: Scale) -> Result<Vec<Row>> {
    let keys =
        format!("[keys.soak]\nsha256 = \"{DIGEST}\"\nrequests_per_minute = 1000000\nmax_runs = 1000\n");
    let options =
        [("max_sessions_bytes", "256 KiB".to_owned()), ("requests_per_minute", "10000000".to_owned())];
    let cluster = Cluster::of_one(&options, &[("api_keys_file", &keys)]).await?;
    let (process, address) = cluster.process()?;
    let (begun, tally) = (Instant::now(), Arc::new(Tally::default()));
    let before = Sample::take(process, begun)?;
    let mut workers = JoinSet::new();
    for worker in 0..WORKERS {
        workers.spawn(work(address, worker, tally.clone()));
    }
    sleep(WARM_UP).await;
    let soak = Duration::from_secs_f64(SOAK * scale.0).max(SHORTEST);
    let mut samples = Vec::new();
    while begun.elapsed() < WARM_UP + soak {
        samples.push(Sample::take(process, begun)?);
        sleep(Duration::from_secs(1)).await;
    }
    workers.shutdown().await;
    sleep(SETTLED).await;
    let after = Sample::take(process, begun)?;

    let slope = slope(&samples);
    let growth = slope * soak.as_secs_f64().min(600.0) / 1024.0;
    let of = |count: &AtomicUsize| count.load(Ordering::Relaxed);
    let turns = of(&tally.answered) + of(&tally.left);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small")]
    let least = (f64::from(TURNS_PER_SECOND) * (WARM_UP + soak).as_secs_f64() * 0.9) as usize;
    Ok(vec![
        Row::at_least(format_args!("turns in {:.0} s", (WARM_UP + soak).as_secs_f64()), turns, least),
        Row::shown("of them by clients that left in the middle", of(&tally.left)),
        Row::exactly("turns that failed", of(&tally.failed), 0),
        Row::shown("memory of the process at the end", format_args!("{:.1} MiB", after.kib / 1024.0)),
        Row::at_most("memory that the trend adds in ten minutes, or in all of it", growth, GROWTH, " MiB"),
        Row::at_most("threads, more than before", excess(after.threads, before.threads), 2.0, ""),
        Row::at_most("open files, more than before", excess(after.files, before.files), 2.0, ""),
    ])
}

fn excess(after: usize, before: usize) -> f64 {
    f64::from(u32::try_from(after.saturating_sub(before)).unwrap_or(u32::MAX))
}

/// One worker's share of the turns, until it is ended.
async fn work(address: SocketAddr, worker: u32, tally: Arc<Tally>) {
    let mut ticks = interval(Duration::from_secs(1) * WORKERS / TURNS_PER_SECOND);
    // A slow moment is made up for, as real clients do.
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut connection = None;
    for turn in 0_usize.. {
        ticks.tick().await;
        let session = format!("{worker}-{}", turn / TURNS_OF_SESSION);
        let path = ["/chat/chat/completions", "/whole/chat/completions", "/v1/chat/completions"][turn % 3];
        let model = ["Chat", "Whole", "Chat"][turn % 3];
        let body = json!({
            "model": model,
            "messages": [{"role": "user", "content": format!("turn-{turn} pause {}", turn % 7)}],
            "session_id": format!("{session}-{model}"),
            "stream": turn % 4 != 0,
        });
        if turn % 10 == 9 {
            let done = leave(address, path, &body.to_string()).await;
            count(if done { &tally.left } else { &tally.failed });
            continue;
        }
        let kept = match connection.take() {
            Some(kept) => Some(kept),
            None => {
                KeptConnection::open(address).await.ok().map(|new| new.header("Authorization", AUTHORIZATION))
            }
        };
        let Some(mut kept) = kept else {
            count(&tally.failed);
            continue;
        };
        if kept.post(path, body, PATIENCE).await.is_acknowledged() {
            count(&tally.answered);
            // A connection is used for some turns, and then left as well.
            connection = (turn % 50 != 0).then_some(kept);
        } else {
            crate::note::example(&String::from_utf8_lossy(kept.last_answer()));
            count(&tally.failed);
        }
    }
}

fn count(counter: &AtomicUsize) {
    counter.fetch_add(1, Ordering::Relaxed);
}

/// A client that leaves when the first bytes have come.
async fn leave(address: SocketAddr, path: &str, body: &str) -> bool {
    let request = alphora_tests::request("POST", path, &[("Authorization", AUTHORIZATION)], body.as_bytes());
    match Connection::send(address, &request).await {
        Ok(mut connection) => connection.next().await.is_ok_and(|said| said.starts_with("HTTP/1.1 200")),
        Err(_) => false,
    }
}

/// How much memory the least squares add in a second, in KiB.
fn slope(samples: &[Sample]) -> f64 {
    let count = f64::from(u32::try_from(samples.len().max(1)).unwrap_or(u32::MAX));
    let mean = |value: fn(&Sample) -> f64| samples.iter().map(value).sum::<f64>() / count;
    let (time, memory) = (mean(|sample| sample.seconds), mean(|sample| sample.kib));
    let shared: f64 = samples.iter().map(|sample| (sample.seconds - time) * (sample.kib - memory)).sum();
    let spread: f64 = samples.iter().map(|sample| (sample.seconds - time).powi(2)).sum();
    if spread > 0.0 { shared / spread } else { 0.0 }
}
