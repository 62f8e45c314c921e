//! Calls and their results: whether each has the other.

use std::collections::HashMap;
use std::fmt;

use super::MemoryManager;
use super::entry::{Entry, Kind};
use super::groups::{Unit, units};
use crate::error::{Error, ErrorKind};
use crate::wire::{Message, Role, ToolCall};

/// How many ids a message shows.
const SHOWN: usize = 5;

/// Calls without a result, and results without a call: no model server takes such a conversation.
///
/// A message with calls is followed directly by one result for each call. A result that comes later, after another
/// message, is too late: then both are named. An id may return in a later message once it was answered. Calls
/// without an id, which some model servers make, are answered by results without an id, as many as there are.
///
/// ```
/// use alphora_runtime::session::MemoryManager;
/// use alphora_runtime::wire::{Message, ToolCall};
///
/// let mut memory = MemoryManager::default();
/// memory.add_user("what is the weather in Rome?");
/// memory.add_assistant(Message::assistant_calls(vec![ToolCall::new("call_1", "weather", "{}")]));
/// let broken = memory.check_tool_chain().unwrap_err();
/// assert_eq!(broken.missing, ["call_1"]);
///
/// memory.add_tool_result(("call_1", "sunny"));
/// assert!(memory.check_tool_chain().is_ok());
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ToolChainError {
    /// The ids of calls without a result, in order; empty for a call without an id.
    pub missing: Vec<String>,
    /// The ids of results that answer no call, or one that has its result already; empty for one without an id.
    pub orphans: Vec<String>,
}

impl fmt::Display for ToolChainError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.missing.is_empty() {
            write!(
                f,
                "no result follows the tool call {}: add it with `add_tool_result` right after the call, or take \
                 the call out with `drop_pending_tool_calls` or `delete`",
                Ids(&self.missing)
            )?;
        }
        if !self.orphans.is_empty() {
            let and = if self.missing.is_empty() { "" } else { "; " };
            write!(
                f,
                "{and}no tool call precedes the result {}: add the message with the call first, each result once, \
                 or `delete` the result",
                Ids(&self.orphans)
            )?;
        }
        Ok(())
    }
}

impl std::error::Error for ToolChainError {}

impl From<ToolChainError> for Error {
    fn from(error: ToolChainError) -> Self {
        Self::new(ErrorKind::Memory, error.to_string()).with_source(error)
    }
}

/// The first few ids, as models wrote them, with nothing in them that a terminal would act on.
struct Ids<'a>(&'a [String]);

impl fmt::Display for Ids<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (nth, id) in self.0.iter().take(SHOWN).enumerate() {
            let comma = if nth == 0 { "" } else { ", " };
            if id.is_empty() {
                write!(f, "{comma}without an id")?;
            } else {
                write!(f, "{comma}`{}`", id.escape_debug())?;
            }
        }
        match self.0.len().saturating_sub(SHOWN) {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}

impl MemoryManager {
    /// Checks that each call has its result and each result its call.
    ///
    /// [`History::into_messages`](super::History::into_messages) does so with what it sends.
    ///
    /// # Errors
    /// [`ToolChainError`] names the calls and results that are alone.
    pub fn check_tool_chain(&self) -> Result<(), ToolChainError> {
        check(&self.entries.iter().collect::<Vec<_>>())
    }

    /// The calls of the last message that still wait for their results. Instructions that were added after it do
    /// not count.
    ///
    /// ```
    /// use alphora_runtime::session::MemoryManager;
    /// use alphora_runtime::wire::{Message, ToolCall};
    ///
    /// let mut memory = MemoryManager::default();
    /// let calls = ["call_1", "call_2"].map(|id| ToolCall::new(id, "weather", "{}"));
    /// memory.add_assistant(Message::assistant_calls(calls.into()));
    /// memory.add_tool_result(("call_1", "sunny"));
    /// assert_eq!(memory.pending_tool_calls()[0].id, "call_2");
    /// ```
    pub fn pending_tool_calls(&self) -> Vec<&ToolCall> {
        Alone::of(&self.last_unit()).calls
    }

    /// The last unit that is no instruction.
    pub(super) fn last_unit(&self) -> Vec<&Entry> {
        let mut unit = Vec::new();
        for entry in self.entries.iter().rev().skip_while(|entry| entry.kind == Kind::Instruction) {
            unit.push(entry);
            if entry.kind != Kind::Outcome {
                break;
            }
        }
        unit.reverse();
        unit
    }
}

/// Checks the calls and results of messages that follow each other.
pub(super) fn check(entries: &[&Entry]) -> Result<(), ToolChainError> {
    let mut error = ToolChainError::default();
    for unit in units(entries) {
        let alone = Alone::of(unit);
        error.missing.extend(alone.calls.into_iter().map(|call| call.id.clone()));
        error.orphans.extend(alone.results.into_iter().map(|result| call_id(result).to_owned()));
    }
    if error == ToolChainError::default() { Ok(()) } else { Err(error) }
}

/// Those of one unit that lack the other.
struct Alone<'a> {
    calls: Vec<&'a ToolCall>,
    results: Vec<&'a Message>,
}

impl<'a> Alone<'a> {
    fn of(unit: Unit<'_, 'a>) -> Self {
        let calls = || {
            let messages = unit.iter().filter(|entry| entry.kind == Kind::Calls);
            messages.flat_map(|entry| &entry.message.tool_calls)
        };
        let mut waiting: HashMap<&str, usize> = HashMap::new();
        for call in calls() {
            *waiting.entry(&call.id).or_default() += 1;
        }
        let mut meets = |id: &str| waiting.get_mut(id).is_some_and(take_one);
        // Results of the role `function` have no id: they belong to the call before them.
        let results = unit.iter().map(|entry| &*entry.message).filter(|message| message.role == Role::Tool);
        let results = results.filter(|result| !meets(call_id(result))).collect();
        let calls = calls().filter(|call| meets(&call.id)).collect();
        Self { calls, results }
    }
}

/// The id of the call that a result answers.
fn call_id(result: &Message) -> &str {
    result.tool_call_id.as_deref().unwrap_or_default()
}

fn take_one(count: &mut usize) -> bool {
    let some = *count > 0;
    *count = count.saturating_sub(1);
    some
}
