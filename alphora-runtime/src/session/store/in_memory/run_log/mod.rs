//! The events of resumable streams, in memory.

mod claims;
mod log;
mod logs;
mod owners;
mod reader;

pub use reader::InMemoryRunLog;
