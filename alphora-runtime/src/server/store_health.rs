//! Whether the session store can be used: asked in the background, so that whoever wants to know asks nobody.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use super::stores::reason;
use crate::panic::contained;
use crate::session::store::{SessionStore, StoreError, within};

/// How often a store that can be used is asked, and one that cannot.
const EVERY: Duration = Duration::from_secs(3);
const EVERY_WHILE_DOWN: Duration = Duration::from_secs(1);

/// How long it has for its answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// What the store has said last.
#[derive(Debug)]
pub(super) struct StoreHealth(watch::Sender<Option<bool>>);

impl Default for StoreHealth {
    fn default() -> Self {
        Self(watch::Sender::new(None))
    }
}

impl StoreHealth {
    /// Whether the store could be used when it was last asked; nothing before the first time.
    #[cfg(feature = "metrics")]
    pub(super) fn is_up(&self) -> Option<bool> {
        *self.0.borrow()
    }

    /// Whether the store could be used when it was last asked. Waits for the first answer, no longer than that may take.
    pub(super) async fn known(&self) -> bool {
        let mut state = self.0.subscribe();
        let known = timeout(PATIENCE, state.wait_for(Option::is_some)).await;
        known.is_ok_and(|known| known.is_ok_and(|known| *known == Some(true)))
    }

    /// Asks the store for ever.
    pub(super) async fn keep(self: Arc<Self>, store: Arc<dyn SessionStore>) {
        loop {
            let asked = ask(&*store).await;
            let was_up = self.0.send_replace(Some(asked.is_ok()));
            match &asked {
                Err(error) if was_up != Some(false) => {
                    tracing::error!(reason = reason(error), "the session store cannot be used: not ready");
                }
                Ok(()) if was_up == Some(false) => tracing::info!("the session store can be used again"),
                _ => {}
            }
            sleep(if asked.is_ok() { EVERY } else { EVERY_WHILE_DOWN }).await;
        }
    }
}

/// Whether the store can be used. One that panics cannot.
async fn ask(store: &dyn SessionStore) -> Result<(), StoreError> {
    let asked = contained(within(PATIENCE, "it", async { store.check().await })).await;
    asked.unwrap_or_else(|panic| Err(StoreError::unavailable(panic)))
}
