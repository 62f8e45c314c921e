//! Frees the memory of expired sessions in the background.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::MemoryPool;

/// The shortest time between two sweeps.
const SHORTEST: Duration = Duration::from_millis(10);

impl MemoryPool {
    /// Removes expired sessions every `interval`, until `until` is cancelled.
    ///
    /// Expiry does not depend on it: an expired session is never returned. Sweeping frees its memory. An
    /// `interval` under 10 ms, zero included, is taken as 10 ms.
    ///
    /// ```
    /// # use alphora_runtime::session::MemoryPool;
    /// # use std::time::Duration;
    /// # use tokio_util::{sync::CancellationToken, task::TaskTracker};
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// # let (tasks, server) = (TaskTracker::new(), CancellationToken::new());
    /// let pool = MemoryPool::new(Duration::from_secs(3600), 1000);
    /// tasks.spawn(pool.clone().sweep_every(Duration::from_secs(600), server.child_token()));
    /// # server.cancel();
    /// # tasks.close();
    /// # tasks.wait().await;
    /// # }
    /// ```
    pub async fn sweep_every(self, interval: Duration, until: CancellationToken) {
        let interval = interval.max(SHORTEST);
        let sweeping = async {
            loop {
                tokio::time::sleep(interval).await;
                let mut removed = 0;
                while let batch @ 1.. = self.clean_batch() {
                    removed += batch;
                    // Requests come between two batches.
                    tokio::task::yield_now().await;
                }
                if removed > 0 {
                    tracing::debug!(removed, left = self.size(), "expired sessions were removed");
                }
            }
        };
        until.run_until_cancelled(sweeping).await;
    }
}
