//! The thread that writes: it takes what waits, does it in one transaction, and answers.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use tokio::sync::mpsc::Receiver;

use super::asked::Asked;
use super::place::OpenError;
use super::shared::Shared;
use super::work::{Ledger, Work};
use crate::session::store::StoreError;

/// How much is done in one transaction at most: operations, and bytes that they bring along.
const MOST_OPERATIONS: usize = 64;
const MOST_BYTES: usize = 16 << 20;

/// How long the writer waits before it opens again a file that could not be opened.
const PAUSE: Duration = Duration::from_millis(500);

pub(super) struct Writer {
    pub(super) shared: Arc<Shared>,
    pub(super) queue: Receiver<Box<dyn Asked>>,
    pub(super) ledger: Ledger,
    /// When the file could not be opened, and why.
    pub(super) closed: Option<(Instant, StoreError)>,
}

impl Writer {
    /// Works until nobody can ask any more and all that was asked is done.
    pub(super) fn run(mut self) {
        while let Some(first) = self.queue.blocking_recv() {
            let mut group = vec![first];
            let mut bytes = group[0].bytes();
            while group.len() < MOST_OPERATIONS
                && bytes < MOST_BYTES
                && let Ok(next) = self.queue.try_recv()
            {
                bytes += next.bytes();
                group.push(next);
            }
            let failed = self.work(&mut group).err();
            for asked in group {
                asked.answer(failed.as_ref());
            }
        }
        if let Some(database) = self.shared.replace().take()
            && let Err(error) = database.close()
        {
            tracing::error!(place = %self.shared.place, %error, "the session file could not be closed");
        }
    }

    /// Does all of it, or nothing.
    fn work(&mut self, group: &mut [Box<dyn Asked>]) -> Result<(), StoreError> {
        self.reopen()?;
        let error = match catch_unwind(AssertUnwindSafe(|| self.transact(group))) {
            Ok(Ok(())) => {
                self.shared.live().keep();
                return Ok(());
            }
            Ok(Err(error)) => Shared::error(&error),
            Err(_) => StoreError::unavailable("its writer has panicked"),
        };
        self.shared.live().undo();
        tracing::error!(place = %self.shared.place, %error, "the session file is opened again");
        // What cannot be closed is closed as far as possible; the file says itself whether it has to be repaired.
        drop(catch_unwind(AssertUnwindSafe(|| drop(self.shared.replace().take()))));
        // A disk that is well again serves the next caller at once.
        let _ = self.reopen();
        Err(error)
    }

    fn transact(&mut self, group: &mut [Box<dyn Asked>]) -> Result<(), Box<redb::Error>> {
        let boxed = |error| Box::new(error);
        let database = self.shared.database();
        let Some(database) = database.as_ref() else { return Err(boxed(redb::Error::DatabaseClosed)) };
        let mut transaction = database.begin_write().map_err(redb::Error::from)?;
        // After a crash the file can be used at once, however large it is.
        transaction.set_quick_repair(true);
        let finished = {
            let mut live = self.shared.live();
            let now = self.shared.clock.now();
            let mut work = Work::begin(&transaction, &mut live, &mut self.ledger, now, group.len())?;
            for asked in group {
                asked.work(&mut work)?;
            }
            work.finish()?
        };
        let Some(last_fence) = finished else { return Ok(transaction.abort().map_err(redb::Error::from)?) };
        transaction.commit().map_err(redb::Error::from)?;
        self.ledger.fences.last = last_fence;
        self.shared.transactions.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    /// Opens the file if it is not open, but not again and again.
    fn reopen(&mut self) -> Result<(), StoreError> {
        if self.shared.database().is_some() {
            return Ok(());
        }
        if let Some((since, error)) = &self.closed
            && since.elapsed() < PAUSE
        {
            return Err(error.clone());
        }
        match self.shared.place.open(false) {
            Ok(opened) => {
                tracing::info!(place = %self.shared.place, "the session file is open again");
                *self.shared.replace() = Some(opened.database);
                self.closed = None;
                Ok(())
            }
            Err(error) => {
                tracing::error!(%error, "the session file could not be opened again");
                let error = match error {
                    OpenError::Io { error, .. } => StoreError::unavailable(error),
                    error => StoreError::unavailable(error),
                };
                self.closed = Some((Instant::now(), error.clone()));
                Err(error)
            }
        }
    }
}
