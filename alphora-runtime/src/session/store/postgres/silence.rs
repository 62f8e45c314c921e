//! What a server that does not answer says of the connections that were made before it was asked.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// After how long without an answer something is wrong with the way to the server: by then it has ended a statement of
/// ours itself (`statement_timeout`).
const SILENT: Duration = Duration::from_secs(3);

/// When a server was last asked that has not answered. A machine that is gone closes no connection, and whoever took
/// the next one of before would wait as long as the first.
#[derive(Debug, Clone, Default)]
pub(super) struct Silence(Arc<Mutex<Option<Instant>>>);

impl Silence {
    /// Nobody waits any more for the answer to what was sent at `asked`.
    pub(super) fn notice(&self, asked: Instant) {
        if asked.elapsed() >= SILENT {
            let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            *last = last.max(Some(asked));
        }
    }

    /// Whether a connection is of before. One that was made since has reached somebody.
    pub(super) fn follows(&self, made: Instant) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_some_and(|asked| made <= asked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_server_that_may_still_be_at_work_is_not_silent() {
        let (silence, asked) = (Silence::default(), Instant::now());
        tokio::time::advance(SILENT / 2).await;
        silence.notice(asked);
        assert!(!silence.follows(asked));
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_made_since_is_kept() {
        let (silence, first) = (Silence::default(), Instant::now());
        tokio::time::advance(Duration::from_secs(1)).await;
        let second = Instant::now();
        tokio::time::advance(SILENT).await;
        silence.notice(second);
        // Told later, asked before.
        silence.notice(first);
        assert!(silence.follows(first) && silence.follows(second));
        assert!(!silence.follows(second + Duration::from_millis(1)));
    }
}
