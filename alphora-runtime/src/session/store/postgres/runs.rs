//! The logs of runs, in the same schema.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio_postgres::types::ToSql;

use super::connections::Connections;
use super::function::{self, column};
use super::names;
use crate::session::store::poll::poll;
use crate::session::store::{LoggedEvent, RunEvents, RunKey, RunLog, RunLogLimits, StoreError, StoreFuture};

/// How often somebody who waits for events looks for them.
const POLL: Duration = Duration::from_millis(100);

/// How many events are read at once at most, and about how many bytes.
const PAGE_EVENTS: i64 = 512;
const PAGE_BYTES: i64 = 256 << 10;

/// The logs of runs in a PostgreSQL database.
#[derive(Debug)]
pub(super) struct PostgresRunLog {
    connections: Arc<Connections>,
}

/// The first three parameters of every function.
struct Key<'a> {
    agent: Cow<'a, str>,
    owner: String,
    run: Vec<u8>,
}

impl<'a> Key<'a> {
    fn new(key: &'a RunKey) -> Self {
        Self {
            agent: names::agent(&key.agent),
            owner: names::owner(&key.owner),
            run: key.run.to_be_bytes().to_vec(),
        }
    }
}

impl PostgresRunLog {
    pub(super) fn new(connections: Arc<Connections>) -> Self {
        Self { connections }
    }

    /// What is there now.
    async fn look(&self, key: &Key<'_>, after: u64) -> Result<RunEvents, StoreError> {
        let from = names::signed(after);
        let rows = self
            .connections
            .call(
                &function::READ_EVENTS,
                &[&key.agent, &key.owner, &key.run, &from, &PAGE_EVENTS, &PAGE_BYTES],
            )
            .await?;
        let Some(row) = rows.first() else { return Ok(RunEvents::Unknown) };
        let number = |name| column::<i64>(row, name).map(names::unsigned);
        if after.saturating_add(1) < number("first_event")? {
            return Ok(RunEvents::Gone);
        }
        let events: Vec<_> = (after.saturating_add(1)..)
            .zip(column::<Vec<&[u8]>>(row, "events")?)
            .map(|(id, bytes)| LoggedEvent { id, bytes: Bytes::copy_from_slice(bytes) })
            .collect();
        let last = events.last().map_or(after, |event| event.id);
        let ended = column::<bool>(row, "ended")? && last >= number("last_event")?;
        Ok(RunEvents::Events { events, ended })
    }
}

impl RunLog for PostgresRunLog {
    fn open<'a>(&'a self, run: &'a RunKey, limits: &'a RunLogLimits) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            let key = Key::new(run);
            let time = names::milliseconds(limits.time);
            let bytes = i64::try_from(limits.bytes).unwrap_or(i64::MAX);
            self.connections
                .call(&function::OPEN_RUN, &[&key.agent, &key.owner, &key.run, &time, &bytes])
                .await
                .map(drop)
        })
    }

    fn append<'a>(&'a self, run: &'a RunKey, events: &'a [LoggedEvent]) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            let Some(first) = events.first() else { return Ok(()) };
            let key = Key::new(run);
            let first = names::signed(first.id);
            let bytes: Vec<&[u8]> = events.iter().map(|event| event.bytes.as_ref()).collect();
            let parameters: [&(dyn ToSql + Sync); 5] = [&key.agent, &key.owner, &key.run, &first, &bytes];
            let row = self.connections.call_for_one(&function::APPEND_EVENTS, &parameters).await?;
            if column(&row, "is_known")? { Ok(()) } else { Err(StoreError::UnknownRun) }
        })
    }

    fn finish<'a>(&'a self, run: &'a RunKey) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            let key = Key::new(run);
            self.connections.call(&function::FINISH_RUN, &[&key.agent, &key.owner, &key.run]).await.map(drop)
        })
    }

    fn read<'a>(&'a self, run: &'a RunKey, after: u64, wait: Duration) -> StoreFuture<'a, RunEvents> {
        Box::pin(async move {
            let key = Key::new(run);
            poll(wait, POLL, POLL, || self.look(&key, after)).await
        })
    }

    fn cancel<'a>(&'a self, run: &'a RunKey) -> StoreFuture<'a, bool> {
        Box::pin(async move {
            let key = Key::new(run);
            let parameters: [&(dyn ToSql + Sync); 3] = [&key.agent, &key.owner, &key.run];
            let row = self.connections.call_for_one(&function::CANCEL_RUN, &parameters).await?;
            column(&row, "existed")
        })
    }

    fn is_cancelled<'a>(&'a self, run: &'a RunKey) -> StoreFuture<'a, bool> {
        Box::pin(async move {
            let key = Key::new(run);
            let parameters: [&(dyn ToSql + Sync); 3] = [&key.agent, &key.owner, &key.run];
            let row = self.connections.call_for_one(&function::IS_RUN_CANCELLED, &parameters).await?;
            column(&row, "asked")
        })
    }

    fn silence<'a>(&'a self, run: &'a RunKey) -> StoreFuture<'a, Option<Duration>> {
        Box::pin(async move {
            let key = Key::new(run);
            let parameters: [&(dyn ToSql + Sync); 3] = [&key.agent, &key.owner, &key.run];
            let row = self.connections.call_for_one(&function::SILENCE_OF_RUN, &parameters).await?;
            let silence = column::<Option<i64>>(&row, "silence")?;
            Ok(silence.map(|silence| Duration::from_millis(names::unsigned(silence.max(0)))))
        })
    }

    fn claim<'a>(
        &'a self,
        key: &'a RunKey,
        note: &'a Bytes,
        time: Duration,
    ) -> StoreFuture<'a, Option<Bytes>> {
        Box::pin(async move {
            let (key, note, time) = (Key::new(key), note.as_ref(), names::milliseconds(time));
            let parameters: [&(dyn ToSql + Sync); 5] = [&key.agent, &key.owner, &key.run, &note, &time];
            let row = self.connections.call_for_one(&function::CLAIM, &parameters).await?;
            Ok(column::<Option<&[u8]>>(&row, "other")?.map(Bytes::copy_from_slice))
        })
    }

    fn disclaim<'a>(&'a self, key: &'a RunKey, note: &'a Bytes) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            let (key, note) = (Key::new(key), note.as_ref());
            self.connections
                .call(&function::DISCLAIM, &[&key.agent, &key.owner, &key.run, &note])
                .await
                .map(drop)
        })
    }
}
