//! What a server counts: its runs, its requests and their calls; and `/metrics`, which tells it to Prometheus.
//!
//! Whoever counts has its counters at hand, resolved when the server was built, and counts with a few atomic additions.
//! What others know already (sessions, connections, a store's latency) is asked for when somebody reads. Without the
//! feature `metrics` the numbers are empty types and nothing is counted.

#[cfg_attr(not(feature = "metrics"), path = "number/off.rs")]
mod number;

mod endpoint;
mod open;
mod outcome;
mod reason;
mod requests;
mod run_meter;
mod words;

#[cfg(feature = "metrics")]
mod classic;
#[cfg(feature = "metrics")]
mod exposition;
#[cfg(feature = "metrics")]
mod families;
#[cfg(feature = "metrics")]
mod handler;
#[cfg(feature = "metrics")]
mod process;

pub(super) use endpoint::EndpointMetrics;
#[cfg(feature = "metrics")]
pub(super) use handler::metrics;
pub(super) use open::{Metrics, OpenConnection, OpenStream};
pub(super) use outcome::RunOutcome;
pub(super) use reason::Reason;
pub(super) use requests::RouteMetrics;
pub(super) use run_meter::RunMeter;
