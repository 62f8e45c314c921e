//! What is counted of a whole server, and what is open.

use std::sync::Arc;

use super::number::{Counter, Level};
use super::requests::Routes;
use super::{Reason, RouteMetrics};

/// The numbers of a server that belong to no endpoint.
#[derive(Debug, Default)]
pub(in crate::server) struct Metrics {
    pub(super) routes: Routes,
    /// By the numbers of the reasons.
    pub(super) refused: [Counter; Reason::ALL.len()],
    pub(super) streams: Level,
    pub(super) connections: Level,
}

impl Metrics {
    /// The numbers of the route whose path has this template.
    pub(in crate::server) fn route(&self, template: &str) -> Arc<RouteMetrics> {
        self.routes.of(template)
    }

    /// Counts a request that began no run.
    pub(in crate::server) fn refuse(&self, reason: Reason) {
        if let Some(refused) = self.refused.get(reason as usize) {
            refused.increment();
        }
    }
}

/// An answer that is a stream, as long as it is under way.
#[derive(Debug)]
pub(in crate::server) struct OpenStream(Arc<Metrics>);

impl OpenStream {
    pub(in crate::server) fn new(metrics: &Arc<Metrics>) -> Self {
        metrics.streams.rise();
        Self(metrics.clone())
    }
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        self.0.streams.fall();
    }
}

/// A connection, as long as it is open.
#[derive(Debug)]
pub(in crate::server) struct OpenConnection(Arc<Metrics>);

impl OpenConnection {
    pub(in crate::server) fn new(metrics: &Arc<Metrics>) -> Self {
        metrics.connections.rise();
        Self(metrics.clone())
    }
}

impl Drop for OpenConnection {
    fn drop(&mut self) {
        self.0.connections.fall();
    }
}
