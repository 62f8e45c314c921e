//! Sessions in one file that outlive the process.
//!
//! One thread writes. What is asked of it while it waits for the disk is done in the next transaction, all at once,
//! and answered when that is on the disk. Leases live in that thread's memory, because one process has the file.

mod clock;
mod header;
mod key;
mod live;
mod tables;

mod place;

mod begin;
mod commit;
mod lease;
mod sweep;
mod work;

mod asked;
mod read;
mod shared;
mod store;
mod writer;

pub use store::EmbeddedStore;

#[cfg(test)]
mod tests;
