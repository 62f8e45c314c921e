//! The memory of a chat: what was said so far, what is noted about it, and what of it a model is sent.

mod blocks;
mod entries;
mod entry;

mod add;
mod marks;

mod chain;
mod delete;
mod groups;

mod history;
mod history_error;
mod tokens;
mod window;

mod compress;
mod statistics;

mod memory;
mod piece;
mod stored;

pub use add::{AssistantTurn, ToolResults};
pub use chain::ToolChainError;
pub use entry::MessageId;
pub use history::History;
pub use history_error::HistoryError;
pub use memory::MemoryManager;
pub use statistics::MemoryStatistics;
pub use tokens::estimated_tokens;

#[cfg(test)]
mod tests;
