//! What goes on beside requests: whatever ends it, somebody is told.

use crate::panic::contained;

/// Runs a task to its end. The log has its panic, which nobody else hears of.
pub(super) async fn told(name: &'static str, task: impl Future<Output = ()>) {
    if let Err(panic) = contained(task).await {
        tracing::error!(task = name, panic, "a background task has panicked, and does not go on");
    }
}

/// Begins a task that has no end again and again: what ends it is a panic, which the log then has. It waits before it
/// does anything, so that one that always panics does not take all of a processor.
pub(super) async fn again<F: Future<Output = ()>>(name: &'static str, begin: impl Fn() -> F) {
    while let Err(panic) = contained(async { begin().await }).await {
        tracing::error!(task = name, panic, "a background task has panicked, and begins again");
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use tokio::time::sleep;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_panic_ends_nothing_but_its_round() {
        let rounds = AtomicUsize::new(0);
        let round = || async {
            sleep(Duration::from_secs(1)).await;
            assert!(rounds.fetch_add(1, Ordering::Relaxed) >= 3, "as told");
        };
        again("a test", round).await;
        assert_eq!(rounds.load(Ordering::Relaxed), 4);
        told("a test", async { panic!("as told") }).await;
    }
}
