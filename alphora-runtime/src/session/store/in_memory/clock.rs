//! The time of a store: Tokio's clock, so that tests can hold it, and what it is on the wall.

use std::time::{Duration, SystemTime};

use tokio::time::Instant;

use crate::clock::CENTURY;

/// When the store began, by both clocks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    began: Instant,
    /// In milliseconds, which is what is told of times.
    began_on_the_wall: SystemTime,
}

impl Clock {
    pub(super) fn new() -> Self {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let whole = Duration::new(since.as_secs(), since.subsec_millis() * 1_000_000);
        Self { began: Instant::now(), began_on_the_wall: SystemTime::UNIX_EPOCH + whole }
    }

    /// The time on the wall, to the millisecond. It does not jump when somebody sets the machine's clock.
    pub(super) fn on_the_wall(&self, at: Instant) -> SystemTime {
        let since = at.saturating_duration_since(self.began);
        let whole = Duration::new(since.as_secs(), since.subsec_millis() * 1_000_000);
        self.began_on_the_wall + whole
    }
}

/// The end of a time that begins now.
pub(super) fn after(now: Instant, time: Duration) -> Instant {
    now + time.min(CENTURY)
}
