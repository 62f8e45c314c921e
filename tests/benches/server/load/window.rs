//! The measured time of a load: counters and processor time at its two edges.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use std::{future, io};

use tokio::task::JoinSet;
use tokio::time;

use super::connection::Buffer;
use crate::proc_stat;

/// What the connections of a load have seen so far.
#[derive(Default)]
pub(crate) struct Tally {
    responses: AtomicU64,
    first_events: AtomicU64,
    events: AtomicU64,
}

impl Tally {
    /// A whole response.
    pub(crate) fn response(&self) {
        self.responses.fetch_add(1, Ordering::Relaxed);
    }

    /// The first event of a response.
    pub(crate) fn first_event(&self) {
        self.first_events.fetch_add(1, Ordering::Relaxed);
    }

    /// Events of a stream.
    pub(crate) fn events(&self, count: usize) {
        self.events.fetch_add(count as u64, Ordering::Relaxed);
    }
}

/// Connections that work until the window is over.
pub(crate) struct Workers {
    tasks: JoinSet<io::Result<()>>,
    pub(crate) tally: Arc<Tally>,
    pub(crate) buffer: Buffer,
}

/// What happened within a window.
#[derive(Debug)]
pub(crate) struct Window {
    pub(crate) seconds: f64,
    /// Processor time of the server.
    pub(crate) server: Duration,
    /// Processor time of the load, which limits the figures when it comes near to `seconds`.
    pub(crate) load: Duration,
    pub(crate) responses: f64,
    pub(crate) first_events: f64,
    pub(crate) events: f64,
}

impl Workers {
    pub(crate) fn new() -> Self {
        Self { tasks: JoinSet::new(), tally: Arc::default(), buffer: Buffer::new() }
    }

    /// Adds a connection. It works without end: that it ends is an error.
    pub(crate) fn add(&mut self, worker: impl Future<Output = io::Result<()>> + Send + 'static) {
        self.tasks.spawn(worker);
    }

    /// Lets the connections work for `time`; fails as soon as one of them does.
    pub(crate) async fn work(&mut self, time: Duration) -> io::Result<()> {
        let failed = async {
            match self.tasks.join_next().await {
                Some(Ok(Err(error))) => error,
                Some(Ok(Ok(()))) => io::Error::other("a connection of the load has ended"),
                Some(Err(error)) => io::Error::other(error),
                None => future::pending().await,
            }
        };
        tokio::select! {
            error = failed => Err(error),
            () = time::sleep(time) => Ok(()),
        }
    }

    /// Measures `time` of the connections' work on the server `process`.
    pub(crate) async fn measure(&mut self, process: u32, time: Duration) -> io::Result<Window> {
        let before = self.edge(process)?;
        self.work(time).await?;
        let after = self.edge(process)?;
        Ok(Window {
            seconds: (after.at - before.at).as_secs_f64(),
            server: after.server.saturating_sub(before.server),
            load: after.load.saturating_sub(before.load),
            responses: float(after.responses - before.responses),
            first_events: float(after.first_events - before.first_events),
            events: float(after.events - before.events),
        })
    }

    /// Ends the connections.
    pub(crate) async fn end(mut self) {
        self.tasks.shutdown().await;
    }

    fn edge(&self, process: u32) -> io::Result<Edge> {
        Ok(Edge {
            at: Instant::now(),
            server: proc_stat::cpu_time(process)?,
            load: proc_stat::cpu_time(std::process::id())?,
            responses: self.tally.responses.load(Ordering::Relaxed),
            first_events: self.tally.first_events.load(Ordering::Relaxed),
            events: self.tally.events.load(Ordering::Relaxed),
        })
    }
}

struct Edge {
    at: Instant,
    server: Duration,
    load: Duration,
    responses: u64,
    first_events: u64,
    events: u64,
}

impl Window {
    /// Of a second, how much the server, and how much the load was at work.
    pub(crate) fn busy(&self) -> [f64; 2] {
        [self.server, self.load].map(|time| time.as_secs_f64() / self.seconds)
    }

    pub(crate) fn per_second(&self, count: f64) -> f64 {
        count / self.seconds
    }

    /// Microseconds of the server's processor for each of `count`.
    pub(crate) fn server_micros_per(&self, count: f64) -> f64 {
        self.server.as_secs_f64() * 1e6 / count
    }

    /// Microseconds of the load's processor for each of `count`.
    pub(crate) fn load_micros_per(&self, count: f64) -> f64 {
        self.load.as_secs_f64() * 1e6 / count
    }
}

/// A count of one window as a number to calculate with: it is far below the 2^32 that convert without loss.
pub(super) fn float(count: u64) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}
