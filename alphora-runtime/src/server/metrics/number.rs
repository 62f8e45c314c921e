//! Numbers that many threads change and one reads: a counter, a level, a distribution of times.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Only grows.
#[derive(Debug, Default)]
pub(super) struct Counter(AtomicU64);

impl Counter {
    pub(super) fn increment(&self) {
        self.add(1);
    }

    pub(super) fn add(&self, more: u64) {
        self.0.fetch_add(more, Ordering::Relaxed);
    }

    pub(super) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Rises and falls.
#[derive(Debug, Default)]
pub(super) struct Level(AtomicU64);

impl Level {
    pub(super) fn rise(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn fall(&self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }

    pub(super) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// The upper bounds of the buckets, in microseconds: from 5 ms, in which a cache answers, to 5 minutes, in which an
/// agent with many tools does.
const BOUNDS: [u64; 15] = [
    5_000,
    10_000,
    25_000,
    50_000,
    100_000,
    250_000,
    500_000,
    1_000_000,
    2_500_000,
    5_000_000,
    10_000_000,
    30_000_000,
    60_000_000,
    120_000_000,
    300_000_000,
];

/// How often something took how long.
#[derive(Debug, Default)]
pub(super) struct Histogram {
    /// One a bound, and one for what took longer than all of them.
    buckets: [AtomicU64; BOUNDS.len() + 1],
    microseconds: AtomicU64,
}

/// What a histogram holds at one moment.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Distribution {
    /// Seconds, all together.
    pub(super) sum: f64,
    pub(super) count: u64,
    /// The upper bound of each bucket in seconds, and how many fell into it and no earlier one.
    pub(super) buckets: Vec<(f64, u64)>,
}

impl Histogram {
    pub(super) fn record(&self, took: Duration) {
        let took = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let bucket = BOUNDS.partition_point(|bound| *bound < took);
        if let Some(bucket) = self.buckets.get(bucket) {
            bucket.fetch_add(1, Ordering::Relaxed);
            self.microseconds.fetch_add(took, Ordering::Relaxed);
        }
    }

    /// What it holds now. The count is that of the buckets, so that both agree whoever counts meanwhile.
    pub(super) fn get(&self) -> Distribution {
        let bounds = BOUNDS.iter().map(|bound| seconds(*bound)).chain([f64::INFINITY]);
        let counts = self.buckets.iter().map(|bucket| bucket.load(Ordering::Relaxed));
        let buckets: Vec<_> = bounds.zip(counts).collect();
        let count = buckets.iter().map(|(_, count)| count).sum();
        Distribution { sum: seconds(self.microseconds.load(Ordering::Relaxed)), count, buckets }
    }
}

fn seconds(microseconds: u64) -> f64 {
    Duration::from_micros(microseconds).as_secs_f64()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_falls_into_the_first_bucket_that_holds_it() {
        let histogram = Histogram::default();
        for milliseconds in [0, 5, 6, 300_000, 300_001] {
            histogram.record(Duration::from_millis(milliseconds));
        }
        let Distribution { sum, count, buckets } = histogram.get();
        assert_eq!(count, 5);
        assert!((sum - 600.012).abs() < 1e-9, "{sum}");
        let filled: Vec<_> = buckets.into_iter().filter(|(_, count)| *count > 0).collect();
        assert_eq!(filled, [(0.005, 2), (0.01, 1), (300.0, 1), (f64::INFINITY, 1)]);
    }
}
