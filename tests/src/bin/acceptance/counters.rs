//! How many runs there were, and how they ended: what the command `stats` reports.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;

/// The counters of the process; clones are the same counters.
#[derive(Clone, Default)]
pub(crate) struct Counters(Arc<Mutex<Runs>>);

/// Runs since the start of the process.
#[derive(Clone, Copy, Default, Serialize)]
struct Runs {
    started: u64,
    running: u64,
    cancelled: u64,
    /// The failed ones too.
    completed: u64,
}

/// A run that is counted as running. Dropped before it is complete, as it is when its client leaves, it counts as
/// cancelled.
pub(crate) struct CountedRun {
    counters: Counters,
    complete: bool,
}

impl Counters {
    /// Counts a run that begins.
    pub(crate) fn begin(&self) -> CountedRun {
        let mut runs = self.runs();
        runs.started += 1;
        runs.running += 1;
        CountedRun { counters: self.clone(), complete: false }
    }

    /// The counters and the number of sessions, as JSON.
    pub(crate) fn report(&self, sessions: usize) -> serde_json::Result<String> {
        #[derive(Serialize)]
        struct Report {
            #[serde(flatten)]
            runs: Runs,
            sessions: usize,
        }
        let runs = *self.runs();
        serde_json::to_string(&Report { runs, sessions })
    }

    fn runs(&self) -> MutexGuard<'_, Runs> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl CountedRun {
    /// The run has ended by itself, well or not.
    pub(crate) fn complete(mut self) {
        self.complete = true;
    }
}

impl Drop for CountedRun {
    fn drop(&mut self) {
        let mut runs = self.counters.runs();
        runs.running -= 1;
        // A run that panics has failed; nobody has cancelled it.
        if self.complete || std::thread::panicking() {
            runs.completed += 1;
        } else {
            runs.cancelled += 1;
        }
    }
}
