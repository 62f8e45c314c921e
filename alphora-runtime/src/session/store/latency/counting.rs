//! Counts the operations of one store, and how long they take.

use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

use super::{Operation, OperationLatency};

/// The latencies of one store's operations. Counting costs three atomic additions.
#[derive(Debug, Default)]
pub(crate) struct Latencies([Counters; Operation::ALL.len()]);

#[derive(Debug, Default)]
struct Counters {
    count: AtomicU64,
    sum_microseconds: AtomicU64,
    max_microseconds: AtomicU64,
}

impl Latencies {
    /// Waits for `future` and counts how long that took. One that is dropped before its end is not counted.
    pub(crate) async fn measure<F: Future>(&self, operation: Operation, future: F) -> F::Output {
        let begun = Instant::now();
        let output = future.await;
        self.record(operation, begun.elapsed());
        output
    }

    /// Counts an operation that took `elapsed`.
    pub(crate) fn record(&self, operation: Operation, elapsed: Duration) {
        let microseconds = u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX);
        // The variants are numbered in the order of `ALL`.
        let Some(counters) = self.0.get(operation as usize) else { return };
        counters.count.fetch_add(1, Ordering::Relaxed);
        counters.sum_microseconds.fetch_add(microseconds, Ordering::Relaxed);
        counters.max_microseconds.fetch_max(microseconds, Ordering::Relaxed);
    }

    /// The latencies up to now, one entry for each operation that was asked for at least once.
    pub(crate) fn snapshot(&self) -> Vec<OperationLatency> {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Operation::ALL
            .into_iter()
            .zip(&self.0)
            .map(|(operation, counters)| OperationLatency {
                operation,
                count: read(&counters.count),
                sum: Duration::from_micros(read(&counters.sum_microseconds)),
                max: Duration::from_micros(read(&counters.max_microseconds)),
            })
            .filter(|latency| latency.count > 0)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_each_operation_by_itself() {
        let latencies = Latencies::default();
        latencies.record(Operation::Begin, Duration::from_millis(2));
        latencies.record(Operation::Begin, Duration::from_millis(4));
        latencies.record(Operation::LogCancel, Duration::from_micros(7));
        let begin = OperationLatency {
            operation: Operation::Begin,
            count: 2,
            sum: Duration::from_millis(6),
            max: Duration::from_millis(4),
        };
        let cancel = OperationLatency {
            operation: Operation::LogCancel,
            count: 1,
            sum: Duration::from_micros(7),
            max: Duration::from_micros(7),
        };
        assert_eq!(latencies.snapshot(), [begin, cancel]);
    }

    #[test]
    fn the_operations_are_in_their_own_order() {
        assert!(Operation::ALL.into_iter().enumerate().all(|(index, operation)| operation as usize == index));
    }
}
