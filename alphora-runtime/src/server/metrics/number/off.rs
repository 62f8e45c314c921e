//! Numbers of a server that does not count: they take no room, and changing one is nothing.

use std::time::Duration;

/// Counts nothing.
#[derive(Debug, Default)]
pub(super) struct Counter;

impl Counter {
    #[expect(clippy::unused_self, reason = "so that callers need not know whether there are metrics")]
    pub(super) fn increment(&self) {}

    #[expect(clippy::unused_self, reason = "so that callers need not know whether there are metrics")]
    pub(super) fn add(&self, _: u64) {}
}

/// Has no level.
#[derive(Debug, Default)]
pub(super) struct Level;

impl Level {
    #[expect(clippy::unused_self, reason = "so that callers need not know whether there are metrics")]
    pub(super) fn rise(&self) {}

    #[expect(clippy::unused_self, reason = "so that callers need not know whether there are metrics")]
    pub(super) fn fall(&self) {}
}

/// Records nothing.
#[derive(Debug, Default)]
pub(super) struct Histogram;

impl Histogram {
    #[expect(clippy::unused_self, reason = "so that callers need not know whether there are metrics")]
    pub(super) fn record(&self, _: Duration) {}
}
