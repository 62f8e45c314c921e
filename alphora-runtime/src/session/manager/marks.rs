//! Pins and tags: what an agent notes about messages, beside them.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::MemoryManager;
use super::entry::{Entry, MessageId};
use crate::session::memory::json_bytes;
use crate::wire::Message;

/// What is noted about one message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Marks {
    pub(super) pinned: bool,
    pub(super) tags: BTreeSet<String>,
}

impl Marks {
    pub(super) fn is_empty(&self) -> bool {
        !self.pinned && self.tags.is_empty()
    }
}

/// The marks of one message as they are stored.
#[derive(Serialize)]
pub(super) struct MarksForm<'a> {
    id: MessageId,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pinned: bool,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    tags: &'a BTreeSet<String>,
}

/// The same when it is read.
#[derive(Deserialize)]
pub(super) struct StoredMarks {
    pub(super) id: MessageId,
    #[serde(default)]
    pinned: bool,
    #[serde(default)]
    tags: BTreeSet<String>,
}

impl<'a> MarksForm<'a> {
    pub(super) fn new(id: MessageId, marks: &'a Marks) -> Self {
        Self { id, pinned: marks.pinned, tags: &marks.tags }
    }
}

impl From<StoredMarks> for Marks {
    fn from(stored: StoredMarks) -> Self {
        Self { pinned: stored.pinned, tags: stored.tags }
    }
}

/// How long the stored marks of one message are.
pub(super) fn bytes(id: MessageId, marks: &Marks) -> usize {
    json_bytes(&MarksForm::new(id, marks))
}

/// Marks say what a [`History`](super::History) keeps or leaves out. They are stored with the memory, no model
/// sees them, and they go with their message when it is deleted.
///
/// ```
/// use alphora_runtime::session::MemoryManager;
///
/// let mut memory = MemoryManager::default();
/// let name = memory.add_user("My name is Zhang San.");
/// memory.pin(name);
/// for nth in 0..100 {
///     memory.add_user(format!("question {nth}"));
/// }
/// let messages = memory.build_history().max_rounds(1).into_messages()?;
/// assert_eq!(messages.len(), 2);
/// assert_eq!(messages[0].text(), "My name is Zhang San.");
/// # Ok::<(), alphora_runtime::session::HistoryError>(())
/// ```
impl MemoryManager {
    /// Pins a message: every history has it, and compressing leaves it. Says whether there is such a message.
    ///
    /// A call and its results go together: one that is pinned keeps all.
    pub fn pin(&mut self, id: MessageId) -> bool {
        self.entries.mark(id, |marks| marks.pinned = true)
    }

    /// Takes the pin away. Says whether there is such a message.
    pub fn unpin(&mut self, id: MessageId) -> bool {
        self.entries.mark(id, |marks| marks.pinned = false)
    }

    /// Whether a message is there and pinned.
    pub fn is_pinned(&self, id: MessageId) -> bool {
        self.entries.get(id).is_some_and(Entry::is_pinned)
    }

    /// The pinned messages, the earliest first.
    pub fn pinned(&self) -> impl DoubleEndedIterator<Item = (MessageId, &Message)> {
        self.entries.iter().filter(|entry| entry.is_pinned()).map(|entry| (entry.id, &*entry.message))
    }

    /// Tags a message with any word, once. Says whether there is such a message.
    ///
    /// ```
    /// use alphora_runtime::session::MemoryManager;
    ///
    /// let mut memory = MemoryManager::default();
    /// let id = memory.add_user("please ship it to Rome");
    /// memory.tag(id, "address");
    /// assert_eq!(memory.tagged("address").count(), 1);
    /// assert_eq!(memory.tags(id).collect::<Vec<_>>(), ["address"]);
    /// ```
    pub fn tag(&mut self, id: MessageId, tag: impl Into<String>) -> bool {
        self.entries.mark(id, |marks| {
            marks.tags.insert(tag.into());
        })
    }

    /// Takes a tag away. Says whether there is such a message.
    pub fn untag(&mut self, id: MessageId, tag: &str) -> bool {
        self.entries.mark(id, |marks| {
            marks.tags.remove(tag);
        })
    }

    /// The tags of a message in alphabetical order.
    pub fn tags(&self, id: MessageId) -> impl Iterator<Item = &str> {
        let marks = self.entries.get(id).and_then(|entry| entry.marks.as_deref());
        marks.into_iter().flat_map(|marks| marks.tags.iter().map(String::as_str))
    }

    /// The messages with a tag, the earliest first.
    pub fn tagged(&self, tag: &str) -> impl DoubleEndedIterator<Item = (MessageId, &Message)> {
        let tagged = self.entries.iter().filter(move |entry| entry.has_tag(tag));
        tagged.map(|entry| (entry.id, &*entry.message))
    }
}
