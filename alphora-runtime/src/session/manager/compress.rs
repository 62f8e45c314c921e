//! Old rounds, replaced by what somebody says they were about.

use std::collections::HashSet;

use super::MemoryManager;
use super::entry::{Entry, Kind, MessageId};
use super::groups::{last_rounds, units};
use crate::wire::Message;

/// What stands before a summary.
const INTRODUCTION: &str = "Summary of the conversation so far:\n";

impl MemoryManager {
    /// The tag of summaries that [`compress`](Self::compress) makes.
    pub const SUMMARY: &str = "summary";

    /// Replaces all but the last `keep_rounds` rounds by a summary, and says how many messages it has replaced.
    ///
    /// `summarise` is given the old messages, the earliest first. The text that it makes of them becomes one message
    /// of the system, `Summary of the conversation so far:` with the text in the next line, which stands where the
    /// first of them stood and has the tag [`SUMMARY`](Self::SUMMARY). System messages, pinned messages and calls
    /// that wait for results stay as they are; an earlier summary that is not pinned is summarised with the rest.
    /// If there is nothing new to summarise, the answer is 0 and `summarise` is not called.
    ///
    /// ```
    /// # async fn example() -> Result<(), std::io::Error> {
    /// use alphora_runtime::session::MemoryManager;
    ///
    /// let mut memory = MemoryManager::default();
    /// for nth in 0..10 {
    ///     memory.add_user(format!("question {nth}"));
    ///     memory.add_assistant(format!("answer {nth}"));
    /// }
    /// let replaced = memory
    ///     .compress(2, |messages| async move {
    ///         // Here a model would be asked.
    ///         Ok::<_, std::io::Error>(format!("{} messages about numbers", messages.len()))
    ///     })
    ///     .await?;
    /// assert_eq!((replaced, memory.len()), (16, 5));
    /// let (_, summary) = memory.tagged(MemoryManager::SUMMARY).next().unwrap();
    /// assert_eq!(summary.text(), "Summary of the conversation so far:\n16 messages about numbers");
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(example()).unwrap();
    /// ```
    ///
    /// # Errors
    /// Those of `summarise`. Then, and when the future is dropped before its end, the memory is as it was.
    pub async fn compress<F, Summary, E>(&mut self, keep_rounds: usize, summarise: F) -> Result<usize, E>
    where
        F: FnOnce(Vec<Message>) -> Summary,
        Summary: Future<Output = Result<String, E>>,
    {
        let (ids, messages) = self.summarisable(keep_rounds);
        if messages.is_empty() {
            return Ok(0);
        }
        let summary = summarise(messages).await?;
        self.put_summary(&ids, &summary);
        Ok(ids.len())
    }

    /// What a summary would replace.
    fn summarisable(&self, keep_rounds: usize) -> (HashSet<MessageId>, Vec<Message>) {
        let entries: Vec<_> = self.entries.iter().collect();
        let units: Vec<_> = units(&entries).collect();
        let (old, _) = units.split_at(last_rounds(&units, keep_rounds));
        let pending = if self.pending_tool_calls().is_empty() { Vec::new() } else { self.last_unit() };
        let first_pending = pending.first().map(|entry| entry.id);
        let stays = |entry: &Entry| {
            entry.is_pinned()
                || (entry.kind == Kind::Instruction && !is_summary(entry))
                || Some(entry.id) == first_pending
        };
        let replaced: Vec<_> =
            old.iter().filter(|unit| !unit.iter().any(|entry| stays(entry))).copied().collect();
        let replaced = replaced.concat();
        if replaced.iter().all(|entry| is_summary(entry)) {
            return (HashSet::new(), Vec::new());
        }
        let messages = replaced.iter().map(|entry| Message::clone(&entry.message)).collect();
        (replaced.iter().map(|entry| entry.id).collect(), messages)
    }

    fn put_summary(&mut self, replaced: &HashSet<MessageId>, summary: &str) {
        let mut entry = Some(self.entries.create(Message::system(format!("{INTRODUCTION}{summary}"))));
        let id = entry.as_ref().map(|entry| entry.id);
        let old = self.entries.blocks();
        let with_summary = old
            .iter()
            .filter_map(|old| if replaced.contains(&old.id) { entry.take() } else { Some(old.clone()) });
        let next = self.entries.next();
        self.entries.replace(with_summary, next);
        if let Some(id) = id {
            self.tag(id, Self::SUMMARY);
        }
    }
}

fn is_summary(entry: &Entry) -> bool {
    entry.kind == Kind::Instruction && entry.has_tag(MemoryManager::SUMMARY)
}
