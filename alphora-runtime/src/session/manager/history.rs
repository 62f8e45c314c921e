//! What of a memory is sent to a model.

use std::fmt;
use std::sync::Arc;

use super::HistoryError;
use super::blocks::Blocks;
use super::chain;
use super::entry::{Entry, Kind};
use super::window::{Budget, Limits, Window};
use crate::error::BoxError;
use crate::wire::{IntoMessages, Message};

/// The messages of a memory as they were when [`build_history`](super::MemoryManager::build_history) was called,
/// within limits.
///
/// ```
/// use alphora_runtime::session::MemoryManager;
///
/// let mut memory = MemoryManager::default();
/// memory.add_system("Answer in one sentence.");
/// for (question, answer) in [("hi", "hello"), ("how are you?", "fine")] {
///     memory.add_user(question);
///     memory.add_assistant(answer);
/// }
/// memory.add_user("what can you do?");
///
/// let messages = memory.build_history().max_rounds(2).max_tokens(4_000).into_messages()?;
/// let texts: Vec<_> = messages.iter().map(|message| message.text()).collect();
/// assert_eq!(texts, ["Answer in one sentence.", "how are you?", "fine", "what can you do?"]);
/// # Ok::<(), alphora_runtime::session::HistoryError>(())
/// ```
///
/// It can be given to a model as it is, and is checked then: [`into_messages`](Self::into_messages). Making one
/// copies no message.
///
/// # What limits keep
///
/// The newest messages, as many as all limits allow, without a hole. A message with tool calls and the results that
/// follow it are kept or left out as one. Instructions (roles `system` and `developer`), pinned messages and those
/// with a tag of [`keep_tagged`](Self::keep_tagged) are kept always, in their place; they count for tokens, but
/// neither as messages nor as rounds. What is excluded is left out before anything is counted.
#[derive(Clone)]
#[must_use = "a history does nothing until it is sent, or asked for its messages"]
pub struct History {
    entries: Blocks<Entry>,
    limits: Limits,
}

impl History {
    pub(super) fn new(entries: Blocks<Entry>) -> Self {
        Self { entries, limits: Limits::default() }
    }

    /// Keeps the last `rounds` rounds.
    ///
    /// A round is a message of the user and all up to the next one. What comes before the first belongs to the first
    /// round. 0 keeps only what is always kept.
    pub fn max_rounds(mut self, rounds: usize) -> Self {
        self.limits.rounds = Some(rounds);
        self
    }

    /// Keeps at most `messages` messages, besides those that are always kept.
    ///
    /// 0 keeps only what is always kept. A window can begin with what an assistant said; for models that want a
    /// question first, limit by [`max_rounds`](Self::max_rounds).
    pub fn max_messages(mut self, messages: usize) -> Self {
        self.limits.messages = Some(messages);
        self
    }

    /// Keeps at most `tokens` tokens, by the estimate of [`estimated_tokens`](super::estimated_tokens), which is
    /// some way off for any one model: leave room.
    pub fn max_tokens(mut self, tokens: usize) -> Self {
        self.limits.tokens = Some(Budget { limit: tokens, count: None });
        self
    }

    /// Keeps at most `tokens` tokens, of which `count` says how many a message takes, in place of the estimate.
    ///
    /// ```
    /// use alphora_runtime::session::MemoryManager;
    ///
    /// let mut memory = MemoryManager::default();
    /// memory.add_user("a long time ago");
    /// memory.add_assistant("yes?");
    /// let history = memory.build_history().max_tokens_by(3, |message| message.text().split(' ').count());
    /// assert_eq!(history.len(), 1);
    /// ```
    pub fn max_tokens_by(
        mut self,
        tokens: usize,
        count: impl Fn(&Message) -> usize + Send + Sync + 'static,
    ) -> Self {
        self.limits.tokens = Some(Budget { limit: tokens, count: Some(Arc::new(count)) });
        self
    }

    /// Always keeps the messages with this tag. Can be said of several tags.
    pub fn keep_tagged(mut self, tag: impl Into<String>) -> Self {
        self.limits.keep.push(tag.into());
        self
    }

    /// Leaves out the messages with this tag, also pinned ones. Can be said of several tags.
    pub fn exclude_tagged(mut self, tag: impl Into<String>) -> Self {
        self.limits.exclude.push(tag.into());
        self
    }

    /// Leaves out all instructions, also pinned ones: the roles `system` and `developer`.
    pub fn without_system(mut self) -> Self {
        self.limits.without_system = true;
        self
    }

    /// The messages, the earliest first, to look at: nothing is checked.
    ///
    /// As every question that a history answers, this goes through the whole memory once.
    pub fn messages(&self) -> impl DoubleEndedIterator<Item = &Message> + ExactSizeIterator {
        self.window().entries.into_iter().map(|entry| &*entry.message)
    }

    /// The messages, the earliest first, to send.
    ///
    /// ```
    /// use alphora_runtime::session::{HistoryError, MemoryManager};
    /// use alphora_runtime::wire::{Message, ToolCall};
    ///
    /// let mut memory = MemoryManager::default();
    /// memory.add_assistant(Message::assistant_calls(vec![ToolCall::new("call_1", "weather", "{}")]));
    /// match memory.build_history().into_messages() {
    ///     Err(HistoryError::BrokenToolChain(broken)) => assert_eq!(broken.missing, ["call_1"]),
    ///     other => panic!("{other:?}"),
    /// }
    /// ```
    ///
    /// # Errors
    /// As [`check`](Self::check).
    pub fn into_messages(self) -> Result<Vec<Message>, HistoryError> {
        self.to_messages()
    }

    /// Whether the messages can be sent.
    ///
    /// # Errors
    /// [`HistoryError::TooLong`] if the newest message (or tool call with its results) does not fit into
    /// [`max_tokens`](Self::max_tokens) together with what is always kept; [`HistoryError::TooManyMessages`] if
    /// the newest tool call has more results than [`max_messages`](Self::max_messages) leaves room for;
    /// [`HistoryError::BrokenToolChain`] if a
    /// call among the messages has no result, or a result no call.
    pub fn check(&self) -> Result<(), HistoryError> {
        check(&self.window())
    }

    /// How many messages it has.
    pub fn len(&self) -> usize {
        self.window().entries.len()
    }

    /// Whether it has no messages.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many messages of the user it has.
    pub fn rounds(&self) -> usize {
        self.window().entries.iter().filter(|entry| entry.kind == Kind::Question).count()
    }

    fn to_messages(&self) -> Result<Vec<Message>, HistoryError> {
        let window = self.window();
        check(&window)?;
        Ok(window.entries.into_iter().map(|entry| Message::clone(&entry.message)).collect())
    }

    fn window(&self) -> Window<'_> {
        self.limits.window(&self.entries.iter().collect::<Vec<_>>())
    }
}

fn check(window: &Window<'_>) -> Result<(), HistoryError> {
    if let Some((tokens, limit)) = window.too_long {
        return Err(HistoryError::TooLong { tokens, limit });
    }
    if let Some((messages, limit)) = window.too_many {
        return Err(HistoryError::TooManyMessages { messages, limit });
    }
    Ok(chain::check(&window.entries)?)
}

impl IntoMessages for History {
    fn into_messages(self) -> Result<Vec<Message>, BoxError> {
        Ok(self.to_messages()?)
    }
}

impl IntoMessages for &History {
    fn into_messages(self) -> Result<Vec<Message>, BoxError> {
        Ok(self.to_messages()?)
    }
}

/// How much there is, not what was said.
impl fmt::Debug for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("History")
            .field("messages", &self.len())
            .field("rounds", &self.rounds())
            .finish_non_exhaustive()
    }
}
