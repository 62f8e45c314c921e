//! What a memory holds, in numbers.

use super::MemoryManager;
use super::tokens::estimated_tokens;
use crate::session::Memory;
use crate::wire::Role;

/// What a memory holds, in numbers; see [`MemoryManager::statistics`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct MemoryStatistics {
    /// All messages.
    pub messages: usize,
    /// Rounds: each begins with a message of the user.
    pub rounds: usize,
    /// Messages of the user.
    pub user: usize,
    /// Messages of the assistant.
    pub assistant: usize,
    /// Instructions: the roles `system` and `developer`.
    pub system: usize,
    /// Results of tool calls: the roles `tool` and `function`.
    pub tool: usize,
    /// Tool calls that messages of the assistant make.
    pub tool_calls: usize,
    /// Pinned messages.
    pub pinned: usize,
    /// What the stored form takes, in bytes.
    pub bytes: usize,
    /// About how many tokens all messages take, by [`estimated_tokens`].
    pub tokens: usize,
}

impl MemoryManager {
    /// Counts what there is. This goes through all messages and their texts.
    ///
    /// ```
    /// use alphora_runtime::session::MemoryManager;
    ///
    /// let mut memory = MemoryManager::default();
    /// memory.add_user("hi");
    /// memory.add_assistant("hello");
    /// let statistics = memory.statistics();
    /// assert_eq!((statistics.messages, statistics.rounds, statistics.assistant), (2, 1, 1));
    /// ```
    pub fn statistics(&self) -> MemoryStatistics {
        let mut counted =
            MemoryStatistics { messages: self.len(), bytes: self.stored_bytes(), ..Default::default() };
        for entry in self.entries.iter() {
            match entry.message.role {
                Role::User => counted.user += 1,
                Role::Assistant => counted.assistant += 1,
                Role::System | Role::Developer => counted.system += 1,
                Role::Tool | Role::Function => counted.tool += 1,
                Role::Other(_) => {}
            }
            counted.tool_calls += entry.message.tool_calls.len();
            counted.pinned += usize::from(entry.is_pinned());
            counted.tokens = counted.tokens.saturating_add(estimated_tokens(&entry.message));
        }
        counted.rounds = counted.user;
        counted
    }
}
