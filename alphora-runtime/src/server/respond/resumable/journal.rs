//! Takes the events of a resumable run to the log, and brings back what was asked of the run through it.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout_at};

use super::tail::{Batch, Tail};
use crate::server::idempotency::Claim;
use crate::session::store::{RunKey, RunLog, RunLogLimits, StoreError, StoreFuture, within};
use crate::stream::{Interruption, Output};

/// How long events wait for others, so that a fast agent does not cost a round trip to the log an event.
const EVERY: Duration = Duration::from_millis(50);

/// How often the log is asked whether somebody wants the run to end.
const ASKED_EVERY: Duration = Duration::from_secs(1);

/// How long the log may take for anything, and how often what it could not write is written again meanwhile.
const PATIENCE: Duration = Duration::from_secs(5);
const TRIED_EVERY: Duration = Duration::from_millis(250);

/// Keeps the log of one run.
pub(super) struct Journal {
    pub(super) log: Arc<dyn RunLog>,
    pub(super) run: RunKey,
    pub(super) limits: RunLogLimits,
    pub(super) tail: Arc<Tail>,
    pub(super) output: Output,
    /// The key of the request that has begun the run.
    pub(super) claim: Option<Arc<Claim>>,
}

impl Journal {
    /// Writes until the run has ended, or until the log fails: then the run goes on without, and is known to live.
    pub(super) async fn keep(self) {
        let Err(error) = self.write().await else {
            self.tail.seal();
            if let Some(claim) = &self.claim {
                claim.settle().await;
            }
            return;
        };
        let run_id = format!("cmpl-{:032x}", self.run.run);
        tracing::warn!(run_id, %error, "the events of a resumable run are no longer kept: nobody can come back for them");
        self.tail.lose_log();
        tokio::select! {
            () = self.tail.ended() => {}
            () = self.give_signs() => {}
        }
        self.tail.seal();
        // So that those who follow elsewhere do not wait for what never comes.
        if let Err(error) = in_time(self.log.finish(&self.run)).await {
            tracing::debug!(run_id, %error, "the log of a run was not ended: elsewhere it looks as if its server were lost");
        }
    }

    async fn write(&self) -> Result<(), StoreError> {
        // Once: the answer waits for it.
        in_time(self.log.open(&self.run, &self.limits)).await?;
        self.tail.opened();
        let mut due = Instant::now();
        let mut ask = due + ASKED_EVERY;
        loop {
            match timeout_at(ask, self.tail.batch(due)).await {
                Ok(Batch::Events(events)) => {
                    due = Instant::now() + EVERY;
                    // What is there already is not added again.
                    in_time(persistently(|| self.log.append(&self.run, &events))).await?;
                    if let Some(last) = events.last() {
                        self.tail.logged(last.id);
                    }
                }
                Ok(Batch::Ended) => return in_time(persistently(|| self.log.finish(&self.run))).await,
                Err(_) => {}
            }
            if ask <= Instant::now() {
                ask = Instant::now() + ASKED_EVERY;
                self.ask().await;
            }
        }
    }

    /// A run lives, and can be ended, also where its events are not kept any more.
    async fn give_signs(&self) {
        loop {
            self.ask().await;
            sleep(ASKED_EVERY).await;
        }
    }

    /// Ends the run if another process was asked to. A sign of life, which its key needs too.
    async fn ask(&self) {
        let renewing = async {
            if let Some(claim) = &self.claim
                && self.output.activity().begun
            {
                claim.renew().await;
            }
        };
        tokio::join!(self.hear(), renewing);
    }

    async fn hear(&self) {
        match in_time(self.log.is_cancelled(&self.run)).await {
            Ok(false) => {}
            Ok(true) => self.output.interrupt(Interruption::Cancelled),
            // It is asked again; and if the log is gone, the next event finds out.
            Err(error) => tracing::debug!(%error, "nobody knows whether a run is to end"),
        }
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        // Nobody waits for a log whose own code has panicked.
        self.tail.seal();
    }
}

/// Asks again and again while the log is not available.
async fn persistently<'a, T>(ask: impl Fn() -> StoreFuture<'a, T>) -> Result<T, StoreError> {
    loop {
        match ask().await {
            Err(StoreError::Unavailable { reason, .. }) => {
                tracing::debug!(reason, "the log of runs is not available");
                sleep(TRIED_EVERY).await;
            }
            answer => return answer,
        }
    }
}

async fn in_time<T>(asked: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
    within(PATIENCE, "the log of runs", asked).await
}
