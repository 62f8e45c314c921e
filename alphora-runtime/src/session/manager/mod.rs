//! The memory of a chat: what was said so far.

mod blocks;
mod stored;
#[cfg(test)]
mod tests;

use std::fmt;

use self::blocks::Blocks;
use super::Memory;
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
/// let history = memory.build_history();
/// assert_eq!(history.len(), 4);
/// assert_eq!(history[3].text(), "What is my name?");
/// ```
///
/// As the field marked `#[agent(memory)]` it is what the session holds. For a request that names no session it
/// already has the messages that the client has resent, up to the last of the user; so
/// `memory.add_user(request.get_user_query())` is right with and without a session.
///
/// A copy shares all messages with its original, however many there are.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct MemoryManager {
    messages: Blocks,
}

impl MemoryManager {
    /// Adds what the user says.
    pub fn add_user(&mut self, content: impl Into<Content>) {
        self.add_message(Message::user(content));
    }

    /// Adds what the agent says.
    pub fn add_assistant(&mut self, content: impl Into<Content>) {
        self.add_message(Message::assistant(content));
    }

    /// Adds instructions.
    pub fn add_system(&mut self, content: impl Into<Content>) {
        self.add_message(Message::system(content));
    }

    /// Adds any message.
    pub fn add_message(&mut self, message: Message) {
        self.messages.push(message);
    }

    /// The messages, the earliest first.
    pub fn messages(&self) -> impl DoubleEndedIterator<Item = &Message> {
        self.messages.iter()
    }

    /// The messages to send to a model: for now, all of them.
    pub fn build_history(&self) -> Vec<Message> {
        let mut history = Vec::with_capacity(self.len());
        history.extend(self.messages().cloned());
        history
    }

    /// How many messages there are.
    pub fn len(&self) -> usize {
        self.messages.len()
    }

    /// Whether nothing was said yet.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        *self = Self::default();
    }
}

impl Memory for MemoryManager {
    /// Takes over what was said before the last message of the user.
    fn begin(&mut self, earlier: &[Message]) {
        self.extend(earlier.iter().cloned());
    }

    /// Compares what is not shared, which is little after one turn.
    fn changed(&self, before: &Self) -> bool {
        self != before
    }

    /// The length of its JSON, without writing it.
    fn stored_bytes(&self) -> usize {
        stored::bytes(&self.messages)
    }
}

impl Extend<Message> for MemoryManager {
    fn extend<T: IntoIterator<Item = Message>>(&mut self, messages: T) {
        messages.into_iter().for_each(|message| self.add_message(message));
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
