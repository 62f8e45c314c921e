//! Frees the memory of expired sessions in the background.

use std::time::Duration;

use super::MemoryPool;

/// The shortest time between two sweeps.
const SHORTEST: Duration = Duration::from_millis(10);

impl MemoryPool {
    /// Removes expired sessions every `interval`, until `until` is done.
    ///
    /// Expiry does not depend on it: an expired session is never returned. Sweeping frees its memory. An
    /// `interval` under 10 ms, zero included, is taken as 10 ms.
    ///
    /// ```
    /// # use alphora_runtime::session::MemoryPool;
    /// # use std::time::Duration;
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), tokio::task::JoinError> {
    /// let pool = MemoryPool::new(Duration::from_secs(3600), 1000);
    /// let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    /// let until = async move { drop(stopped.await) };
    /// let sweeping = tokio::spawn(pool.clone().sweep_every(Duration::from_secs(600), until));
    ///
    /// // When the program ends:
    /// drop(stop);
    /// sweeping.await
    /// # }
    /// ```
    pub async fn sweep_every(self, interval: Duration, until: impl Future<Output = ()> + Send) {
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
        tokio::select! {
            biased;
            () = until => {}
            () = sweeping => {}
        }
    }
}
