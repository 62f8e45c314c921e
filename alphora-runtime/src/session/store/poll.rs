//! Reading the log of a run in a store that wakes nobody: it is asked again and again.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::{RunEvents, StoreError};

/// Looks until there is something, for at most `wait`. The second look comes `first_pause` after the first one, and each
/// pause is twice the one before, up to `longest_pause`.
pub(super) async fn poll<F>(
    wait: Duration,
    first_pause: Duration,
    longest_pause: Duration,
    look: impl Fn() -> F,
) -> Result<RunEvents, StoreError>
where
    F: Future<Output = Result<RunEvents, StoreError>>,
{
    let begun = Instant::now();
    let mut pause = first_pause;
    loop {
        let found = look().await?;
        let is_nothing = matches!(&found, RunEvents::Events { events, ended: false } if events.is_empty());
        let left = wait.saturating_sub(begun.elapsed());
        if !is_nothing || left.is_zero() {
            return Ok(found);
        }
        sleep(pause.min(left)).await;
        pause = (pause * 2).min(longest_pause);
    }
}
