//! Sessions of one process, as bytes: what the other stores are compared with, and what tests use.

mod clock;
mod entry;
mod leases;
mod limits;
mod listing;
mod owners;
mod room;
mod run_log;
mod sessions;
mod store;
mod turns;

#[cfg(test)]
mod tests;

#[cfg(feature = "server")]
pub(crate) use limits::Ended;
pub use limits::InMemoryLimitStore;
pub use run_log::InMemoryRunLog;
pub use store::InMemoryStore;
