//! Sessions in Redis or Valkey, shared by any number of processes.
//!
//! Each operation is one script, which the server does as a whole. Its keys have one hash tag, that of the session's
//! bucket, so that they are in one place of a cluster: the session itself, one hash, and the bucket's lists, in which
//! sessions are found by name, by last use and by expiry. What asks for all sessions asks each bucket.

mod check;
mod connection;
mod failure;
mod keys;
mod limits;
mod listing;
mod node;
mod owners;
mod reply;
mod run_log;
mod script;
mod store;
mod sweep;
mod target;
mod timing;
mod together;
mod turn;
mod url;

pub use store::RedisStore;
