//! The events of resumable streams, in a stream of the server for each run.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::failure::corrupt;
use super::reply::{Reply, other_form};
use super::script::Script;
use super::store::Shared;
use super::timing::milliseconds;
use crate::session::store::poll::poll;
use crate::session::store::{
    LoggedEvent, Operation, RunEvents, RunKey, RunLog, RunLogLimits, StoreError, StoreFuture,
};

/// How many events a read gives at most.
const EVENTS: &[u8] = b"512";

/// From how many bytes on a read gives no more events.
const BYTES: &[u8] = b"1048576";

/// How long a reader who waits leaves the server alone, first and at most.
const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_millis(100);

/// The run log of a [`RedisStore`](super::RedisStore).
pub(super) struct RedisRunLog(Arc<Shared>);

impl RedisRunLog {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self(shared)
    }

    async fn run(&self, script: &Script, run: &RunKey, arguments: &[&[u8]]) -> Result<Reply, StoreError> {
        let [state, events] = self.0.keys.run(run);
        let answer = self.0.connection.run(script, &[&state, &events], arguments).await?;
        Reply::new(answer.value)
    }

    async fn open_run(&self, run: &RunKey, limits: &RunLogLimits) -> Result<(), StoreError> {
        let (time, bytes) = (milliseconds(limits.time).to_string(), limits.bytes.to_string());
        self.run(&self.0.runs.open, run, &[time.as_bytes(), bytes.as_bytes()]).await?;
        Ok(())
    }

    async fn append_events(&self, run: &RunKey, events: &[LoggedEvent]) -> Result<(), StoreError> {
        let Some(first) = events.first() else { return Ok(()) };
        let first = first.id.to_string();
        let mut arguments: Vec<&[u8]> = vec![first.as_bytes()];
        arguments.extend(events.iter().map(|event| event.bytes.as_ref()));
        let mut reply = self.run(&self.0.runs.append, run, &arguments).await?;
        match reply.text()?.as_str() {
            "done" => Ok(()),
            "unknown" => Err(StoreError::UnknownRun),
            "gap" => Err(corrupt("events of the run are missing that came before")),
            _ => Err(other_form()),
        }
    }

    async fn read_events(&self, run: &RunKey, after: u64) -> Result<RunEvents, StoreError> {
        let position = after.to_string();
        let mut reply = self.run(&self.0.runs.read, run, &[position.as_bytes(), EVENTS, BYTES]).await?;
        match reply.text()?.as_str() {
            "unknown" => Ok(RunEvents::Unknown),
            "gone" => Ok(RunEvents::Gone),
            "events" => {
                let ended = reply.number()? == 1;
                let (mut list, mut events) = (reply.list()?, Vec::new());
                while !list.is_empty() {
                    let bytes: Bytes = list.bytes()?;
                    events.push(LoggedEvent { id: after + events.len() as u64 + 1, bytes });
                }
                Ok(RunEvents::Events { events, ended })
            }
            _ => Err(other_form()),
        }
    }

    async fn silence_of(&self, run: &RunKey) -> Result<Option<Duration>, StoreError> {
        let mut reply = self.run(&self.0.runs.silence, run, &[]).await?;
        match reply.text()?.as_str() {
            "none" => Ok(None),
            "silent" => Ok(Some(Duration::from_millis(reply.number()?))),
            _ => Err(other_form()),
        }
    }

    async fn claim_key(
        &self,
        key: &RunKey,
        note: &Bytes,
        time: Duration,
    ) -> Result<Option<Bytes>, StoreError> {
        let (name, time) = (self.0.keys.claim(key), milliseconds(time).to_string());
        let (script, arguments) = (&self.0.claims.claim, [note.as_ref(), time.as_bytes()]);
        let mut reply = Reply::new(self.0.connection.run(script, &[&name], &arguments).await?.value)?;
        match reply.text()?.as_str() {
            "done" => Ok(None),
            "taken" => Ok(Some(reply.bytes()?)),
            _ => Err(other_form()),
        }
    }

    async fn flag(&self, script: &Script, run: &RunKey) -> Result<bool, StoreError> {
        let mut reply = self.run(script, run, &[]).await?;
        reply.text()?;
        Ok(reply.number()? == 1)
    }
}

impl fmt::Debug for RedisRunLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisRunLog").field("target", self.0.connection.target()).finish_non_exhaustive()
    }
}

impl RunLog for RedisRunLog {
    fn open<'a>(&'a self, run: &'a RunKey, limits: &'a RunLogLimits) -> StoreFuture<'a, ()> {
        Box::pin(self.0.measure(Operation::LogWrite, self.open_run(run, limits)))
    }

    fn append<'a>(&'a self, run: &'a RunKey, events: &'a [LoggedEvent]) -> StoreFuture<'a, ()> {
        Box::pin(self.0.measure(Operation::LogWrite, self.append_events(run, events)))
    }

    fn finish<'a>(&'a self, run: &'a RunKey) -> StoreFuture<'a, ()> {
        Box::pin(self.0.measure(Operation::LogWrite, async move {
            self.run(&self.0.runs.finish, run, &[]).await?;
            Ok(())
        }))
    }

    fn read<'a>(&'a self, run: &'a RunKey, after: u64, wait: Duration) -> StoreFuture<'a, RunEvents> {
        // A command that blocks would hold up all others of the connection.
        Box::pin(poll(wait, FIRST_PAUSE, LONGEST_PAUSE, move || {
            self.0.measure(Operation::LogRead, self.read_events(run, after))
        }))
    }

    fn cancel<'a>(&'a self, run: &'a RunKey) -> StoreFuture<'a, bool> {
        Box::pin(self.0.measure(Operation::LogCancel, self.flag(&self.0.runs.cancel, run)))
    }

    fn is_cancelled<'a>(&'a self, run: &'a RunKey) -> StoreFuture<'a, bool> {
        Box::pin(self.0.measure(Operation::LogCancel, self.flag(&self.0.runs.is_cancelled, run)))
    }

    fn silence<'a>(&'a self, run: &'a RunKey) -> StoreFuture<'a, Option<Duration>> {
        Box::pin(self.0.measure(Operation::LogRead, self.silence_of(run)))
    }

    fn claim<'a>(
        &'a self,
        key: &'a RunKey,
        note: &'a Bytes,
        time: Duration,
    ) -> StoreFuture<'a, Option<Bytes>> {
        Box::pin(self.0.measure(Operation::LogWrite, self.claim_key(key, note, time)))
    }

    fn disclaim<'a>(&'a self, key: &'a RunKey, note: &'a Bytes) -> StoreFuture<'a, ()> {
        Box::pin(self.0.measure(Operation::LogWrite, async move {
            let (script, name) = (&self.0.claims.disclaim, self.0.keys.claim(key));
            self.0.connection.run(script, &[&name], &[note.as_ref()]).await?;
            Ok(())
        }))
    }
}
