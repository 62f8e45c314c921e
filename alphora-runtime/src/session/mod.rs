//! One conversation, kept: what is remembered, under which key, by whom, and for how long.
//!
//! A request names a session by its [`SessionId`]; with the agent and its owner that is a [`SessionKey`]. The
//! [`MemoryPool`] lends the session's [`Memory`] to one turn at a time, as a [`Lease`]. Nothing changes until the
//! lease is committed.

mod concurrency;
pub(crate) mod encoding;
mod error;
mod id;
mod key;
mod manager;
mod memory;
mod pool;
mod preempt;
mod share;
pub mod store;

pub use concurrency::Concurrency;
pub(crate) use encoding::decode;
pub use error::SessionError;
pub use id::{InvalidSessionId, SessionId};
pub use key::{Owner, SessionKey};
pub use manager::{
    AssistantTurn, History, HistoryError, MemoryManager, MemoryStatistics, MessageId, ToolChainError,
    ToolResults, estimated_tokens,
};
pub use memory::Memory;
pub(crate) use pool::Backing;
pub use pool::{Lease, MemoryPool};
pub(crate) use preempt::{Claim, Preempt, TurnHandle};
pub(crate) use share::share;

#[cfg(test)]
mod tests;
