//! Many of the same, some at a time.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::task::JoinSet;

/// Does `job` with each number below `count`, `workers` at a time, and gives what came of them in no order.
pub(crate) async fn in_parallel<T, F>(
    count: usize,
    workers: usize,
    job: impl Fn(usize) -> F + Clone + Send + 'static,
) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send,
{
    let next = Arc::new(AtomicUsize::new(0));
    let mut tasks = JoinSet::new();
    for _ in 0..workers {
        let (next, job) = (next.clone(), job.clone());
        tasks.spawn(async move {
            let mut results = Vec::new();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= count {
                    return results;
                }
                results.push(job(number).await);
            }
        });
    }
    tasks.join_all().await.into_iter().flatten().collect()
}
