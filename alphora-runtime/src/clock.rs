//! What is the same for all clocks.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A hundred years: out of every clock's reach, and it can still be added to any of them. What lasts longer is taken to
/// last this long, or is refused.
pub(crate) const CENTURY: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

/// A time in whole seconds since 1970, as OpenAI's API has it.
pub(crate) fn unix_seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

/// The present in whole seconds since 1970.
pub(crate) fn unix_now() -> u64 {
    unix_seconds(SystemTime::now())
}
