//! Gives the keys back of requests that have done nothing, also where the log cannot be asked at once.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, sleep};

use super::claim::asked_in_time;
use crate::server::application::Application;
use crate::session::store::{RunKey, RunLog, StoreError, StoreFuture};

/// How long a claim lasts that is made to be given back. It ends by itself where nobody hears of the rest.
const MADE_FOR: Duration = Duration::from_secs(5);

/// For how long a log that does not answer is asked again, with pauses that grow.
const TRIED_FOR: Duration = Duration::from_secs(300);
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(15);

/// How many keys may wait for that at once. What is more is not given back.
pub(in crate::server) const AT_ONCE: usize = 1024;

/// Gives a key back: asks at once, and where there is no answer, again and again in the background of the server, with
/// which it ends.
pub(super) async fn give_back(application: &Application, key: &RunKey, note: &Bytes) {
    let log = &application.run_log;
    let Err(error) = once(&**log, key, note).await else { return };
    let Ok(place) = application.giving_back.clone().try_acquire_owned() else {
        not_given_back(&error);
        return;
    };
    let (log, key, note) = (log.clone(), key.clone(), note.clone());
    application.start_in_background("the giving back of an idempotency key", async move {
        again(log, key, note, error).await;
        drop(place);
    });
}

async fn again(log: Arc<dyn RunLog>, key: RunKey, note: Bytes, mut error: StoreError) {
    let begun = Instant::now();
    let mut pause = FIRST_PAUSE;
    while begun.elapsed() < TRIED_FOR {
        tracing::debug!(%error, "an idempotency key was not given back yet");
        sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
        match once(&*log, &key, &note).await {
            Ok(()) => return,
            Err(again) => error = again,
        }
    }
    not_given_back(&error);
}

/// Whoever has claimed may have left before the answer, and the claim still be on its way, where a store would not find
/// it to remove. The same note claims once more, which comes after that, and is then given up.
async fn once(log: &dyn RunLog, key: &RunKey, note: &Bytes) -> Result<(), StoreError> {
    let ask = || -> StoreFuture<'_, ()> {
        Box::pin(async {
            match log.claim(key, note, MADE_FOR).await {
                // Another one has it.
                Ok(Some(_)) => Ok(()),
                // Where there is no room for a new claim, there is none of this note.
                Ok(None) | Err(StoreError::Capacity { .. }) => log.disclaim(key, note).await,
                Err(error) => Err(error),
            }
        })
    };
    asked_in_time(ask).await
}

fn not_given_back(error: &StoreError) {
    tracing::warn!(%error, "an idempotency key was not given back: its request is refused until its time is over");
}
