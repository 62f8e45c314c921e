//! What callers ask for, counted in memory: for one process, or for tests of several.

mod account;
mod accounts;
mod store;

#[cfg(feature = "server")]
pub(crate) use account::Ended;
pub use store::InMemoryLimitStore;

#[cfg(test)]
mod tests;
