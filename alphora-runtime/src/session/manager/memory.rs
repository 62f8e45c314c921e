//! The memory itself: adding to it, looking at it, and being one.

use std::fmt;

use serde_json::Value;

use super::entries::Entries;
use super::{AssistantTurn, History, MessageId, ToolResults, piece, stored};
use crate::error::Error;
use crate::session::Memory;
use crate::wire::{Content, Message};

/// The memory of a chat: what was said so far, in order.
///
/// ```
/// use alphora_runtime::session::MemoryManager;
///
/// let mut memory = MemoryManager::default();
/// memory.add_system("Answer in one sentence.");
/// memory.add_user("My name is Zhang San.");
/// memory.add_assistant("Hello, Zhang San.");
/// memory.add_user("What is my name?");
///
/// let messages = memory.build_history().into_messages()?;
/// assert_eq!(messages.len(), 4);
/// assert_eq!(messages[3].text(), "What is my name?");
/// # Ok::<(), alphora_runtime::session::HistoryError>(())
/// ```
///
/// As the field marked `#[agent(memory)]` it is what the session holds. For a request that names no session it
/// already has the messages that the client has resent, up to the last of the user; so
/// `memory.add_user(request.get_user_query())` is right with and without a session.
///
/// A copy shares all messages with its original, however many there are, and adding a message costs the same
/// however many there are, also to a copy.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct MemoryManager {
    pub(super) entries: Entries,
}

impl MemoryManager {
    /// Adds what the user says.
    pub fn add_user(&mut self, content: impl Into<Content>) -> MessageId {
        self.add_message(Message::user(content))
    }

    /// Adds what the agent says: a text, or a whole message with tool calls. See [`AssistantTurn`].
    pub fn add_assistant(&mut self, turn: impl Into<AssistantTurn>) -> MessageId {
        self.add_message(turn.into().into_message())
    }

    /// Adds instructions.
    pub fn add_system(&mut self, content: impl Into<Content>) -> MessageId {
        self.add_message(Message::system(content))
    }

    /// Adds the results of tool calls, one or several, in order. See [`ToolResults`].
    ///
    /// They belong directly after the message that makes the calls.
    pub fn add_tool_result(&mut self, results: impl ToolResults) -> Vec<MessageId> {
        results.into_tool_messages().into_iter().map(|message| self.add_message(message)).collect()
    }

    /// Adds any message.
    pub fn add_message(&mut self, message: Message) -> MessageId {
        self.entries.push(message)
    }

    /// The messages, the earliest first.
    pub fn messages(&self) -> impl DoubleEndedIterator<Item = &Message> {
        self.entries.iter().map(|entry| &*entry.message)
    }

    /// The messages with their ids, the earliest first.
    ///
    /// Ids grow along the way, except that a summary that [`compress`](Self::compress) has made is younger than
    /// what follows it.
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = (MessageId, &Message)> {
        self.entries.iter().map(|entry| (entry.id, &*entry.message))
    }

    /// The message with this id, unless it was deleted.
    pub fn get(&self, id: MessageId) -> Option<&Message> {
        self.entries.get(id).map(|entry| &*entry.message)
    }

    /// The message that stands last.
    pub fn last_message(&self) -> Option<&Message> {
        self.messages().next_back()
    }

    /// The messages to send to a model: all of them, unless limits are put on it.
    ///
    /// The seed's `build_history(max_rounds=5)` is `build_history().max_rounds(5)`.
    pub fn build_history(&self) -> History {
        History::new(self.entries.blocks())
    }

    /// How many messages there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are no messages.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Forgets everything but which ids were given.
    pub fn clear(&mut self) {
        let next = self.entries.next();
        self.entries.replace([], next);
    }
}

impl Memory for MemoryManager {
    const VERSION: u32 = 2;

    /// Version 1 had messages only.
    fn migrate(from: u32, old: Value) -> Result<Self, Error> {
        stored::migrate(from, old)
    }

    /// Takes over what was said before the last message of the user.
    fn begin(&mut self, earlier: &[Message]) {
        self.extend(earlier.iter().cloned());
    }

    /// Takes out a trailing round of tool calls that lack results, which no model server would accept.
    fn settle(&mut self) {
        self.drop_pending_tool_calls();
    }

    /// Compares what is not shared, which is little after one turn. Marks count.
    fn changed(&self, before: &Self) -> bool {
        self != before
    }

    /// The messages that were added, as long as all others are as they were. Their ids go with them.
    fn appended(&self, before: &Self) -> Option<Vec<u8>> {
        piece::appended(self, before)
    }

    /// Adds messages under the ids that they had.
    fn apply(&mut self, from: u32, piece: &[u8]) -> Result<(), Error> {
        piece::apply(self, from, piece)
    }

    /// The length of its JSON, without writing it.
    fn stored_bytes(&self) -> usize {
        stored::bytes(&self.entries)
    }
}

impl Extend<Message> for MemoryManager {
    fn extend<T: IntoIterator<Item = Message>>(&mut self, messages: T) {
        for message in messages {
            self.add_message(message);
        }
    }
}

impl FromIterator<Message> for MemoryManager {
    fn from_iter<T: IntoIterator<Item = Message>>(messages: T) -> Self {
        let mut memory = Self::default();
        memory.extend(messages);
        memory
    }
}

/// How much there is, not what was said.
impl fmt::Debug for MemoryManager {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryManager")
            .field("messages", &self.len())
            .field("bytes", &self.stored_bytes())
            .finish_non_exhaustive()
    }
}
