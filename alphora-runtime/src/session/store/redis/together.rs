//! Waits for many answers at once.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

/// Runs all of `works` at once, in this task, and gives their results in their order, or the first error.
pub(super) async fn together<T, E, F>(works: impl IntoIterator<Item = F>) -> Result<Vec<T>, E>
where
    F: Future<Output = Result<T, E>> + Send,
{
    let mut works: Vec<Pin<Box<F>>> = works.into_iter().map(Box::pin).collect();
    let mut results: Vec<Option<T>> = works.iter().map(|_| None).collect();
    poll_fn(|context| {
        let mut is_done = true;
        for (work, result) in works.iter_mut().zip(&mut results) {
            if result.is_some() {
                continue;
            }
            match work.as_mut().poll(context) {
                Poll::Ready(Ok(value)) => *result = Some(value),
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => is_done = false,
            }
        }
        if is_done { Poll::Ready(Ok(())) } else { Poll::Pending }
    })
    .await?;
    Ok(results.into_iter().flatten().collect())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::{Instant, sleep};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn all_at_once_in_their_order() {
        let begun = Instant::now();
        let works = [30, 10, 20].map(|wait| async move {
            sleep(Duration::from_millis(wait)).await;
            Ok::<_, ()>(wait)
        });
        assert_eq!(together(works).await, Ok(vec![30, 10, 20]));
        assert_eq!(begun.elapsed(), Duration::from_millis(30));
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_error_ends_all() {
        let begun = Instant::now();
        let works = [30, 10].map(|wait| async move {
            sleep(Duration::from_millis(wait)).await;
            if wait == 10 { Err("late") } else { Ok(wait) }
        });
        assert_eq!(together(works).await, Err("late"));
        assert_eq!(begun.elapsed(), Duration::from_millis(10));
    }
}
