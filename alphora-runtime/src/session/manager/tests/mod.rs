//! What a memory keeps, what of it is sent, and what that costs.

mod chain;
mod compress;
mod cost;
mod history;
mod kept;
mod marks;
mod model;
mod piece;
mod property;
mod stored;

use super::*;
use crate::session::Memory;
use crate::wire::{Message, Role, ToolCall};

/// A memory of so many messages of the user.
fn long(messages: usize) -> MemoryManager {
    (0..messages).map(|nth| Message::user(format!("message {nth}"))).collect()
}

/// A message that makes the calls with these ids.
fn calls(ids: &[&str]) -> Message {
    Message::assistant_calls(ids.iter().map(|id| ToolCall::new(*id, "tool", "{}")).collect())
}

/// A memory in short: `s`, `d`, `u` and `a` are what system, developer, user and assistant say, `c1` and `c12` make
/// the calls `1`, and `1` and `2`, and `r1` is the result of the call `1`.
fn memory(words: &str) -> MemoryManager {
    words.split_whitespace().map(message).collect()
}

fn message(word: &str) -> Message {
    let (kind, ids) = word.split_at(1);
    match kind {
        "s" => Message::system(word),
        "d" => Message::new(Role::Developer, word),
        "u" => Message::user(word),
        "c" => calls(&ids.split("").filter(|id| !id.is_empty()).collect::<Vec<_>>()),
        "r" => Message::tool(ids, word),
        _ => Message::assistant(word),
    }
}

/// The same words again.
fn words<'a>(messages: impl IntoIterator<Item = &'a Message>) -> String {
    let word = |message: &Message| match message.tool_calls.as_slice() {
        [] => message.text().into_owned(),
        calls => calls.iter().fold("c".to_owned(), |word, call| word + &call.id),
    };
    messages.into_iter().map(word).collect::<Vec<_>>().join(" ")
}

/// The id of the message number `nth`.
fn id(memory: &MemoryManager, nth: usize) -> MessageId {
    memory.entries().nth(nth).unwrap().0
}
