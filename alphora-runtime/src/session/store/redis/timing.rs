//! How long anything may take.

use std::time::Duration;

use crate::clock::CENTURY;

/// How long a connection may take to be made.
pub(super) const CONNECT: Duration = Duration::from_millis(1_500);

/// How long an operation may take in all, a connection that it has to wait for included.
pub(super) const ANSWER: Duration = Duration::from_secs(2);

/// How long the lock of a sweep lasts: the time in which another process leaves the limits to the one that has it.
pub(super) const SWEEPING: Duration = Duration::from_secs(5);

/// How long a sweep with that lock begins something: what it has begun ends while it still has the lock. The next sweep
/// goes on.
pub(super) const SWEPT: Duration = Duration::from_secs(3);

/// The longest time for which a server that could not be reached is left alone.
pub(super) const REST: Duration = Duration::from_secs(1);

/// The same after the first failure.
pub(super) const SHORTEST_REST: Duration = Duration::from_millis(50);

/// For how long a connection is given a chance after it was made, before silence is taken for its end.
pub(super) const CHANCE: Duration = Duration::from_secs(2);

/// An operation that takes this long or longer is noted.
pub(super) const SLOW: Duration = Duration::from_millis(100);

/// A duration as the scripts take it. Nothing lasts less than a millisecond, or longer than a century.
pub(super) fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.min(CENTURY).as_millis()).unwrap_or(u64::MAX).max(1)
}
