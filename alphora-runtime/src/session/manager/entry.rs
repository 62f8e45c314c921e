//! One message in a memory: its id, its marks, and what it is to the messages around it.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::marks::Marks;
use crate::session::memory::json_bytes;
use crate::wire::{Message, Role};

/// Names one message of one memory, for as long as the memory lives.
///
/// Ids grow with each message that is added. An id is stored with its message, and is never given to another one,
/// not even when its message was deleted.
///
/// ```
/// use alphora_runtime::session::MemoryManager;
///
/// let mut memory = MemoryManager::default();
/// let first = memory.add_user("hi");
/// let second = memory.add_assistant("hello");
/// assert!(first < second);
/// memory.delete(second);
/// assert!(memory.add_assistant("hello again") > second);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MessageId(pub(super) u64);

impl MessageId {
    /// The number: 0 for the first message of a memory.
    pub fn as_u64(self) -> u64 {
        self.0
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// One message with what is known of it. A copy shares the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) id: MessageId,
    pub(super) kind: Kind,
    pub(super) message: Arc<Message>,
    /// Nothing if the message has no marks at all.
    pub(super) marks: Option<Arc<Marks>>,
    /// What the message's JSON takes.
    pub(super) bytes: usize,
}

/// What a message is to those around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Of the system or the developer.
    Instruction,
    /// Of the user: a round begins.
    Question,
    /// Of the assistant, with calls: a group of calls and results begins.
    Calls,
    /// The result of a call.
    Outcome,
    /// Anything else: an answer, or what has a role of its own.
    Other,
}

impl Entry {
    pub(super) fn new(id: MessageId, message: Message) -> Self {
        let bytes = json_bytes(&message);
        Self { id, kind: Kind::of(&message), message: Arc::new(message), marks: None, bytes }
    }

    pub(super) fn is_pinned(&self) -> bool {
        self.marks.as_ref().is_some_and(|marks| marks.pinned)
    }

    pub(super) fn has_tag(&self, tag: &str) -> bool {
        self.marks.as_ref().is_some_and(|marks| marks.tags.contains(tag))
    }

    pub(super) fn into_message(self) -> Message {
        Arc::unwrap_or_clone(self.message)
    }
}

impl Kind {
    fn of(message: &Message) -> Self {
        match &message.role {
            Role::System | Role::Developer => Self::Instruction,
            Role::User => Self::Question,
            // Older clients have one call, in a field of its own, and results of the role `function`.
            Role::Assistant
                if !message.tool_calls.is_empty() || message.extra.get("function_call").is_some() =>
            {
                Self::Calls
            }
            Role::Tool | Role::Function => Self::Outcome,
            Role::Assistant | Role::Other(_) => Self::Other,
        }
    }
}
