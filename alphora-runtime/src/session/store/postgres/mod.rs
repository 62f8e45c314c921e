//! Sessions in PostgreSQL, shared by any number of processes.
//!
//! Each operation is one statement, the call of a function that the migrations have created, so that an operation is
//! one round trip and one transaction: what a process that stops midway holds in the database is nothing.

mod connections;
mod failure;
mod function;
mod limits;
mod migration;
mod names;
mod options;
mod rows;
mod runs;
mod silence;
mod store;
mod sweep;
mod turns;

pub use store::PostgresStore;

#[cfg(test)]
mod tests;
