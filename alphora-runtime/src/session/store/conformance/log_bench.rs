//! A run log on the bench: runs that nobody else has, and calls whose failures are violations.

use std::time::Duration;

use bytes::Bytes;

use super::Violation;
use super::subject::Subject;
use crate::session::Owner;
use crate::session::store::{LoggedEvent, RunEvents, RunKey, RunLog, RunLogLimits};

/// As long as no check takes.
const TIME: Duration = Duration::from_secs(600);

/// A run log on the bench.
pub(super) type LogBench = Subject<dyn RunLog>;

/// A log of one run.
#[derive(Clone)]
pub(super) struct Run {
    pub(super) bench: LogBench,
    pub(super) key: RunKey,
}

/// The event with this number.
pub(super) fn event(id: u64) -> LoggedEvent {
    LoggedEvent { id, bytes: format!("id: {id}\ndata: {{\"number\":{id}}}\n\n").into() }
}

impl LogBench {
    /// A run that nobody has opened.
    pub(super) fn run(&self) -> Result<Run, Violation> {
        let number = self.random()?;
        let owner = Owner::named(format!("owner-{number:032x}"));
        let key = RunKey { agent: format!("conformance/{{{number:x}}}").into(), owner, run: number };
        Ok(Run { bench: self.clone(), key })
    }

    /// A run that has begun.
    pub(super) async fn opened(&self) -> Result<Run, Violation> {
        let run = self.run()?;
        run.open(&RunLogLimits { time: TIME, ..RunLogLimits::default() }).await?;
        Ok(run)
    }
}

impl Run {
    pub(super) async fn open(&self, limits: &RunLogLimits) -> Result<(), Violation> {
        self.bench.done("opened a log", self.bench.store.open(&self.key, limits).await)
    }

    pub(super) async fn append(&self, events: &[LoggedEvent]) -> Result<(), Violation> {
        self.bench.done("appended events", self.bench.store.append(&self.key, events).await)
    }

    pub(super) async fn finish(&self) -> Result<(), Violation> {
        self.bench.done("finished a run", self.bench.store.finish(&self.key).await)
    }

    pub(super) async fn cancel(&self) -> Result<bool, Violation> {
        self.bench.done("cancelled a run", self.bench.store.cancel(&self.key).await)
    }

    pub(super) async fn is_cancelled(&self) -> Result<bool, Violation> {
        self.bench.done("asked whether a run is cancelled", self.bench.store.is_cancelled(&self.key).await)
    }

    pub(super) async fn silence(&self) -> Result<Option<Duration>, Violation> {
        self.bench.done("asked for a run's silence", self.bench.store.silence(&self.key).await)
    }

    pub(super) async fn claim(&self, note: &Bytes, time: Duration) -> Result<Option<Bytes>, Violation> {
        self.bench.done("claimed a key", self.bench.store.claim(&self.key, note, time).await)
    }

    pub(super) async fn disclaim(&self, note: &Bytes) -> Result<(), Violation> {
        self.bench.done("gave a claim up", self.bench.store.disclaim(&self.key, note).await)
    }

    pub(super) async fn read(&self, after: u64, wait: Duration) -> Result<RunEvents, Violation> {
        self.bench.done("read events", self.bench.store.read(&self.key, after, wait).await)
    }

    /// Reads until there is nothing more for now, and says whether there will be.
    pub(super) async fn read_all(&self, mut after: u64) -> Result<(Vec<LoggedEvent>, bool), Violation> {
        let mut all: Vec<LoggedEvent> = Vec::new();
        loop {
            match self.read(after, Duration::ZERO).await? {
                RunEvents::Events { events, ended } => {
                    let is_last = events.is_empty() || ended;
                    all.extend(events);
                    after = all.last().map_or(after, |event| event.id);
                    if is_last {
                        return Ok((all, ended));
                    }
                }
                other => return Err(self.bench.violation(format!("read after {after}"), "Events", other)),
            }
        }
    }
}
