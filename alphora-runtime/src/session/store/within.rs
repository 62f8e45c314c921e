//! A store that does not answer is taken to be one that is not available.

use std::time::Duration;

use tokio::time::timeout;

use super::StoreError;

/// What a store answers within `limit`. `what` is what has not answered then: stores promise to have limits of their
/// own, and others may write stores.
pub(crate) async fn within<T>(
    limit: Duration,
    what: &str,
    asked: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    timeout(limit, asked).await.unwrap_or_else(|_| {
        Err(StoreError::unavailable(format_args!("{what} has not answered within {limit:?}")))
    })
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use tokio::time::Instant;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_does_not_answer_is_not_available() {
        let begun = Instant::now();
        let answer = within::<u64>(Duration::from_secs(5), "the log of runs", pending()).await;
        assert_eq!(begun.elapsed().as_secs(), 5);
        assert_eq!(answer, Err(StoreError::unavailable("the log of runs has not answered within 5s")));
        assert_eq!(within(Duration::from_secs(5), "it", async { Ok(7) }).await, Ok(7));
    }
}
