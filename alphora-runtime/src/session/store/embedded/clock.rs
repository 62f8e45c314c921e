//! What time it is: by the calendar for what outlives the process, and steadily for leases.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::clock::CENTURY;

/// Where a store takes its time from.
#[derive(Debug, Clone)]
pub(super) enum Clock {
    System {
        /// Steady times count from here.
        begun: Instant,
    },
    /// Milliseconds that a test moves.
    #[cfg(test)]
    Manual(std::sync::Arc<std::sync::atomic::AtomicU64>),
}

/// One moment on both clocks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Now {
    /// Milliseconds since 1970, as the machine believes.
    pub(super) wall: u64,
    /// Since the store was opened; never goes back.
    pub(super) steady: Duration,
}

impl Clock {
    pub(super) fn system() -> Self {
        Self::System { begun: Instant::now() }
    }

    pub(super) fn now(&self) -> Now {
        match self {
            Self::System { begun } => {
                let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                Now { wall: milliseconds(wall), steady: begun.elapsed() }
            }
            #[cfg(test)]
            Self::Manual(time) => {
                let wall = time.load(std::sync::atomic::Ordering::SeqCst);
                Now { wall, steady: Duration::from_millis(wall) }
            }
        }
    }
}

/// What a century is cut off at.
pub(super) fn clamped(duration: Duration) -> Duration {
    duration.min(CENTURY)
}

/// Whole milliseconds, at most those of a century.
pub(super) fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(clamped(duration).as_millis()).unwrap_or(u64::MAX)
}

/// The time that `wall` milliseconds are, or the last one that there is.
pub(super) fn system_time(wall: u64) -> SystemTime {
    UNIX_EPOCH.checked_add(Duration::from_millis(wall)).unwrap_or(UNIX_EPOCH)
}
