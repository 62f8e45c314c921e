//! How many retries there may be in all.

use std::sync::atomic::{AtomicU64, Ordering};

/// What one call pays in, in thousandths of a retry.
const DEPOSIT: u64 = 180;

/// What one retry takes out.
const RETRY: u64 = 1000;

/// What there is to begin with, so that the first calls of a process may be tried again.
const RESERVE: u64 = 10 * RETRY;

/// The most that there is, so that a quiet day does not pay for a storm.
const MOST: u64 = 100 * RETRY;

/// How many retries there may be in all: calls pay in, retries take out.
#[derive(Debug)]
pub(crate) struct Budget(AtomicU64);

/// The process's own, which all clients share: a model server does not care which of them asks too much.
static PROCESS: Budget = Budget::new();

impl Budget {
    pub(crate) const fn new() -> Self {
        Self(AtomicU64::new(RESERVE))
    }

    /// The process's own.
    pub(crate) fn of_process() -> &'static Self {
        &PROCESS
    }

    /// A call begins.
    pub(crate) fn deposit(&self) {
        let more = |balance: u64| Some((balance + DEPOSIT).min(MOST));
        // The closure never refuses, so there is no error to look at.
        let _ = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
    }

    /// Whether there may be a retry; it is taken out then.
    pub(crate) fn withdraw(&self) -> bool {
        let less = |balance: u64| balance.checked_sub(RETRY);
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retries_stay_within_what_calls_pay() {
        let budget = Budget::new();
        let mut retries = 0_u32;
        for _ in 0..10_000 {
            budget.deposit();
            // Every call wants both its retries.
            retries += u32::from(budget.withdraw()) + u32::from(budget.withdraw());
        }
        assert_eq!(retries, 1810, "a reserve of 10, and 0.18 of each call");
    }

    #[test]
    fn a_quiet_day_does_not_pay_for_a_storm() {
        let budget = Budget::new();
        (0..10_000).for_each(|_| budget.deposit());
        assert_eq!((0..1000).filter(|_| budget.withdraw()).count(), 100);
    }
}
