//! Several calls at once, in time that does not pass by itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::time::Instant;

use super::tools::{executor, tool, wait, waits};
use crate::tool::{ToolOutput, ToolParameters};

#[tokio::test(start_paused = true)]
async fn calls_run_at_once_and_results_come_in_their_order() {
    let begin = Instant::now();
    let results = executor([wait()]).execute(waits([5, 1, 3])).await;
    assert_eq!(begin.elapsed(), Duration::from_secs(5));
    let contents: Vec<_> = results.iter().map(|result| result.content.as_str()).collect();
    assert_eq!(contents, ["waited 5", "waited 1", "waited 3"]);
    assert!(executor([wait()]).execute([]).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn only_so_many_run_at_a_time() {
    for (most, seconds) in [(1, 10), (3, 4), (0, 10), (8, 2), (100, 1)] {
        let begin = Instant::now();
        executor([wait()]).max_parallel(most).execute(waits([1; 10])).await;
        assert_eq!(begin.elapsed(), Duration::from_secs(seconds), "{most}");
    }
}

/// What waits for a place is not yet on the clock.
#[tokio::test(start_paused = true)]
async fn the_time_of_a_call_begins_with_the_call() {
    let executor = executor([wait()]).max_parallel(1).timeout(Duration::from_secs(2));
    let results = executor.execute(waits([1; 10])).await;
    assert!(results.iter().all(|result| !result.is_error()));
}

#[tokio::test(start_paused = true)]
async fn what_is_dropped_stops_its_calls() {
    struct Counts(Arc<AtomicUsize>);
    impl Drop for Counts {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
    let (begun, ended) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let hangs = tool("hangs", ToolParameters::new(), {
        let (begun, ended) = (begun.clone(), ended.clone());
        move |_, _| {
            begun.fetch_add(1, Ordering::SeqCst);
            let counts = Counts(ended.clone());
            async move {
                let _counts = counts;
                std::future::pending::<()>().await;
                Ok(ToolOutput::default())
            }
        }
    });
    let executor = executor([hangs]);
    let calls = (0..3).map(|nth| super::tools::call(&nth.to_string(), "hangs", "")).collect::<Vec<_>>();
    let execution = executor.execute(&calls);
    assert!(tokio::time::timeout(Duration::from_secs(1), execution).await.is_err());
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!((begun.load(Ordering::SeqCst), ended.load(Ordering::SeqCst)), (3, 3));
}
