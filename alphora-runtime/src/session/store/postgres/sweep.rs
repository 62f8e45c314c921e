//! The sweeper: batch after batch, each as large as the database has lately done in time.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use tokio::time::Instant;
use tokio_postgres::types::ToSql;

use super::PostgresStore;
use super::failure::Remedy;
use super::function::{self, Function, column};
use super::names;
use crate::session::store::StoreError;

/// How much one statement removes at most of each kind: sessions, claims, accounts, and a sixteenth as many runs.
const MOST: i64 = 500;

/// How long the statements of one sweep go on that succeed. Each function is called at least once.
const SWEEP: Duration = Duration::from_secs(2);

/// How long a sweep may have gone on when a batch that was too much is still tried again as a smaller one. With the
/// last statement of each function, of five seconds at most, a sweep ends before its caller gives it up.
const RETRY: Duration = Duration::from_secs(20);

/// A statement that has taken less than this, a sixth of what it may, has twice the batch the next time.
const QUICK: Duration = Duration::from_millis(500);

/// How large a batch of each function is. It stays from one sweep to the next: what was too much for one statement
/// stands first in the next one's way again.
#[derive(Debug, Default)]
pub(super) struct Batches {
    expired: Batch,
    limits: Batch,
    claims: Batch,
    accounts: Batch,
}

#[derive(Debug)]
struct Batch(AtomicI64);

impl Default for Batch {
    fn default() -> Self {
        Self(AtomicI64::new(MOST))
    }
}

impl Batch {
    fn size(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }

    /// Half of it the next time, unless it was the smallest.
    fn was_too_much(&self) -> bool {
        let size = self.size();
        self.0.store((size / 2).max(1), Ordering::Relaxed);
        size > 1
    }

    fn was_done_in(&self, elapsed: Duration) {
        if elapsed < QUICK {
            self.0.store((self.size() * 2).min(MOST), Ordering::Relaxed);
        }
    }
}

/// One sweep.
struct Sweep {
    begun: Instant,
    /// How long statements took that have failed.
    lost: Duration,
    removed: u64,
}

impl PostgresStore {
    /// Batch after batch, until nothing is left or the time of one sweep is over. A function that fails keeps no other
    /// from its work; the first failure is the answer.
    pub(super) async fn sweep_batches(&self) -> Result<u64, StoreError> {
        let option = |limit: Option<u64>| limit.map(names::signed);
        let (sessions, bytes) = (option(self.limits.sessions), option(self.limits.bytes));
        let (owner_sessions, owner_bytes) =
            (option(self.limits.owner_sessions), option(self.limits.owner_bytes));
        let limits: [&(dyn ToSql + Sync); 4] = [&sessions, &bytes, &owner_sessions, &owner_bytes];
        let mut sweep = Sweep { begun: Instant::now(), lost: Duration::ZERO, removed: 0 };
        let mut failed = None;
        for (function, more, batch) in [
            (&function::SWEEP_EXPIRED, &[][..], &self.batches.expired),
            (&function::SWEEP_LIMITS, &limits, &self.batches.limits),
            (&function::SWEEP_CLAIMS, &[], &self.batches.claims),
            (&function::SWEEP_ACCOUNTS, &[], &self.batches.accounts),
        ] {
            let Err(error) = self.sweep_with(function, more, batch, &mut sweep).await else { continue };
            match &failed {
                None => failed = Some(error),
                // The caller hears of one.
                Some(first) if *first != error => {
                    tracing::warn!(%error, "a part of the session store was not swept");
                }
                Some(_) => {}
            }
        }
        failed.map_or(Ok(sweep.removed), Err)
    }

    /// The batches of one function.
    async fn sweep_with(
        &self,
        function: &Function,
        more: &[&(dyn ToSql + Sync)],
        batch: &Batch,
        sweep: &mut Sweep,
    ) -> Result<(), StoreError> {
        loop {
            let size = batch.size();
            let mut parameters: Vec<&(dyn ToSql + Sync)> = vec![&size];
            parameters.extend(more);
            let asked = Instant::now();
            match self.connections.try_call(function, &parameters).await {
                Ok(answer) => {
                    batch.was_done_in(asked.elapsed());
                    let row = answer.row()?;
                    sweep.removed += names::unsigned(column(&row, "removed")?);
                    if !column::<bool>(&row, "is_more")? || sweep.begun.elapsed() >= SWEEP + sweep.lost {
                        return Ok(());
                    }
                }
                Err(failure) => {
                    sweep.lost += asked.elapsed();
                    let is_smaller = failure.remedy == Remedy::AskForLess && batch.was_too_much();
                    if !is_smaller || sweep.begun.elapsed() >= RETRY {
                        return Err(failure.error);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_that_is_too_much_is_halved_down_to_one() {
        let batch = Batch::default();
        let mut sizes = vec![batch.size()];
        while batch.was_too_much() {
            sizes.push(batch.size());
        }
        assert_eq!(sizes, [500, 250, 125, 62, 31, 15, 7, 3, 1]);
        assert_eq!(batch.size(), 1);
    }

    #[test]
    fn a_batch_grows_to_the_most_where_the_database_is_quick() {
        let batch = Batch::default();
        while batch.was_too_much() {}
        batch.was_done_in(QUICK);
        assert_eq!(batch.size(), 1);
        for expected in [2, 4, 8, 16, 32, 64, 128, 256, 500, 500] {
            batch.was_done_in(QUICK / 2);
            assert_eq!(batch.size(), expected);
        }
    }
}
