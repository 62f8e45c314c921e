//! Many open streams with a chunk each 100 ms: the load of people who watch models write.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::time;

use super::connection::Connection;
use super::request::request;
use super::window::{Window, Workers, float};
use super::{Span, Target};
use crate::proc_stat;

/// The time between two chunks of a stream.
pub(crate) const DELAY: Duration = Duration::from_millis(100);
/// So many streams are opened at once,
const BATCH: usize = 20;
/// and then there is a pause.
const PAUSE: Duration = Duration::from_millis(10);
/// How much longer than the measured time the streams last.
const RESERVE: Duration = Duration::from_secs(20);

/// What the open streams cost.
pub(crate) struct Paced {
    pub(crate) window: Window,
    /// Resident memory of the server for each stream, above what it had before the first.
    pub(crate) kib_per_stream: f64,
    /// Of the times between two chunks of a stream, the one that 99 % do not exceed.
    pub(crate) gap_p99: Duration,
}

/// The times between chunks, while they are measured.
#[derive(Default)]
struct Gaps {
    measuring: AtomicBool,
    all: Mutex<Vec<Duration>>,
}

impl Gaps {
    fn note(&self, gap: Duration) {
        if self.measuring.load(Ordering::Relaxed) {
            self.all.lock().unwrap_or_else(PoisonError::into_inner).push(gap);
        }
    }

    fn p99(&self) -> Duration {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.sort_unstable();
        all.get(all.len() * 99 / 100).copied().unwrap_or_default()
    }
}

/// Opens `streams` streams on a server that has just started, and holds them open.
pub(crate) async fn paced(target: Target, streams: usize, span: Span) -> io::Result<Paced> {
    let idle = proc_stat::resident_kib(target.process)?;
    let gaps = Arc::new(Gaps::default());
    let mut workers = open(target, streams, span, &gaps).await?;
    workers.work(span.warm_up).await?;

    gaps.measuring.store(true, Ordering::Relaxed);
    let window = workers.measure(target.process, span.window).await?;
    gaps.measuring.store(false, Ordering::Relaxed);
    let open = proc_stat::resident_kib(target.process)?;
    workers.end().await;

    let kib_per_stream = float(open.saturating_sub(idle)) / float(streams as u64);
    Ok(Paced { window, kib_per_stream, gap_p99: gaps.p99() })
}

async fn open(target: Target, streams: usize, span: Span, gaps: &Arc<Gaps>) -> io::Result<Workers> {
    let opening = PAUSE * u32::try_from(streams.div_ceil(BATCH)).unwrap_or(u32::MAX);
    let lasts = opening + span.warm_up + span.window + RESERVE;
    let chunks = lasts.as_millis() / DELAY.as_millis();
    let content = format!("count:{chunks},delay:{}", DELAY.as_millis());
    let request: Arc<[u8]> = request(&content, true).into();

    let mut workers = Workers::new();
    let mut tick = time::interval(PAUSE);
    for stream in 0..streams {
        if stream % BATCH == 0 {
            tick.tick().await;
        }
        let mut connection = Connection::open(target.address, &workers.buffer).await?;
        let (request, tally, gaps) = (request.clone(), workers.tally.clone(), gaps.clone());
        workers.add(async move {
            let mut last = None;
            let read = |events| {
                if events == 0 {
                    return;
                }
                let now = Instant::now();
                if let Some(last) = last.replace(now) {
                    gaps.note(now - last);
                } else {
                    tally.first_event();
                }
                tally.events(events);
            };
            connection.exchange(&request, read).await?;
            Err(io::Error::other("a paced stream ended before the measured time"))
        });
    }
    Ok(workers)
}
