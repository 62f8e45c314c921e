//! Taking messages out, so that no call loses its result.

use super::MemoryManager;
use super::entry::{Kind, MessageId};
use super::groups::together;
use crate::wire::Message;

impl MemoryManager {
    /// Takes a message out, and says which messages went. A call and its results go together, whichever of them is
    /// named. Without such a message, nothing goes.
    ///
    /// Costs time for every message that there is, as all that deletes.
    ///
    /// ```
    /// use alphora_runtime::session::MemoryManager;
    /// use alphora_runtime::wire::{Message, ToolCall};
    ///
    /// let mut memory = MemoryManager::default();
    /// memory.add_user("what is the weather in Rome?");
    /// memory.add_assistant(Message::assistant_calls(vec![ToolCall::new("call_1", "weather", "{}")]));
    /// let result = memory.add_tool_result(("call_1", "sunny"));
    /// assert_eq!(memory.delete(result[0]).len(), 2);
    /// assert_eq!(memory.len(), 1);
    /// ```
    pub fn delete(&mut self, id: MessageId) -> Vec<Message> {
        let Some(position) = self.entries.position(id) else { return Vec::new() };
        let (mut start, mut previous) = (0, None);
        let mut end = self.len();
        for (at, entry) in self.entries.iter().enumerate() {
            if !previous.is_some_and(|previous| together(previous, entry)) {
                if at > position {
                    end = at;
                    break;
                }
                start = at;
            }
            previous = Some(entry);
        }
        self.entries.take_out(|position| (start..end).contains(&position))
    }

    /// Takes out the last message of the user and all that follows it, and says which messages went: to answer
    /// once more, or to forget a turn.
    ///
    /// ```
    /// use alphora_runtime::session::MemoryManager;
    ///
    /// let mut memory = MemoryManager::default();
    /// memory.add_user("hi");
    /// memory.add_assistant("hello");
    /// memory.add_user("forget this");
    /// memory.add_assistant("forget what?");
    /// assert_eq!(memory.delete_last_round().len(), 2);
    /// assert_eq!(memory.last_message().unwrap().text(), "hello");
    /// ```
    pub fn delete_last_round(&mut self) -> Vec<Message> {
        let after = self.entries.iter().rev().position(|entry| entry.kind == Kind::Question);
        let Some(after) = after else { return Vec::new() };
        let start = self.len() - 1 - after;
        self.entries.take_out(|position| position >= start)
    }

    /// Takes out the last message if it makes calls that lack results, with the results that it has, and says which
    /// messages went.
    ///
    /// This is for a turn that was cut between a call and its result: the conversation can go on as if the call had
    /// not been made. Instructions that were added after the call stay.
    pub fn drop_pending_tool_calls(&mut self) -> Vec<Message> {
        if self.pending_tool_calls().is_empty() {
            return Vec::new();
        }
        let first = self.last_unit().first().map(|entry| entry.id);
        first.map(|id| self.delete(id)).unwrap_or_default()
    }
}
