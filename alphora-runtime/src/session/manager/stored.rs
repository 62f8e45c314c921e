//! The stored form: `{"version":2,"messages":[..],"jumps":[..],"marks":[..]}`.
//!
//! Ids are not stored where they go on by one, which they do unless something was deleted. `jumps` names each
//! position where they do not, and how far off the id there is; the last position is that of the next message.
//! `jumps` and `marks` are left out when they are empty. Version 1 had neither.

use serde::de::Error as _;
use serde::ser::SerializeStruct;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::MemoryManager;
use super::entries::{Entries, Sizes};
use super::entry::{Entry, MessageId};
use super::marks::{Marks, MarksForm, StoredMarks};
use crate::error::{Error, ErrorKind};
use crate::hidden::json_problem;
use crate::session::Memory;
use crate::session::memory::json_bytes;
use crate::wire::Message;

/// The form without messages, and without what stands between them.
const EMPTY: &str = r#"{"version":2,"messages":[]}"#;

/// How long the stored form is.
pub(super) fn bytes(entries: &Entries) -> usize {
    let Sizes { messages, marked, marks, jumps } = entries.sizes;
    let commas = |count: usize| count.saturating_sub(1);
    let messages = EMPTY.len().saturating_add(messages).saturating_add(commas(entries.len()));
    let jumps = if jumps == 0 { 0 } else { r#","jumps":"#.len() + jumps };
    let marks = if marked == 0 { 0 } else { r#","marks":[]"#.len() + marks + commas(marked) };
    messages.saturating_add(jumps).saturating_add(marks)
}

/// How long the list of jumps is, 0 if there are none.
pub(super) fn jumps_bytes(entries: &Entries) -> usize {
    let jumps = jumps(entries);
    if jumps.is_empty() { 0 } else { json_bytes(&jumps) }
}

/// How long one jump is.
pub(super) fn jump_bytes(position: usize, expected: u64, id: u64) -> usize {
    json_bytes(&jump(position, expected, id))
}

fn jump(position: usize, expected: u64, id: u64) -> (usize, i64) {
    (position, id.wrapping_sub(expected).cast_signed())
}

/// Where ids do not go on by one, and by how much they differ.
fn jumps(entries: &Entries) -> Vec<(usize, i64)> {
    let ids = entries.iter().map(|entry| entry.id.0).chain([entries.next()]);
    let mut expected = 0;
    let mut jumps = Vec::new();
    for (position, id) in ids.enumerate() {
        if id != expected {
            jumps.push(jump(position, expected, id));
        }
        expected = id + 1;
    }
    jumps
}

impl Serialize for MemoryManager {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Sizes { marked, jumps: jumps_bytes, .. } = self.entries.sizes;
        let mut form = serializer.serialize_struct("MemoryManager", 4)?;
        form.serialize_field("version", &Self::VERSION)?;
        form.serialize_field("messages", &List(|| self.messages()))?;
        if jumps_bytes > 0 {
            form.serialize_field("jumps", &jumps(&self.entries))?;
        }
        if marked > 0 {
            let marked = || {
                let entries = self.entries.iter();
                entries.filter_map(|entry| Some(MarksForm::new(entry.id, entry.marks.as_deref()?)))
            };
            form.serialize_field("marks", &List(marked))?;
        }
        form.end()
    }
}

/// A list that is written as it is walked.
struct List<F>(F);

impl<F: Fn() -> I, I: Iterator<Item: Serialize>> Serialize for List<F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq((self.0)())
    }
}

#[derive(Deserialize)]
struct Form {
    // Stands first in what is stored, so that nothing else of a newer form is looked at.
    #[serde(rename = "version", deserialize_with = "known_version")]
    _version: u32,
    messages: Vec<Message>,
    #[serde(default)]
    jumps: Vec<(usize, i64)>,
    #[serde(default)]
    marks: Vec<StoredMarks>,
}

fn known_version<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let version = u32::deserialize(deserializer)?;
    if (1..=MemoryManager::VERSION).contains(&version) {
        Ok(version)
    } else {
        Err(D::Error::custom(unknown(version)))
    }
}

pub(super) fn unknown(version: u32) -> String {
    format!(
        "this memory was stored in version {version}, and this alphora reads version {}",
        MemoryManager::VERSION
    )
}

/// From JSON only, as a [`Message`].
impl<'de> Deserialize<'de> for MemoryManager {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Form { messages, jumps, marks, .. } = Form::deserialize(deserializer)?;
        let ids = ids(messages.len(), &jumps).ok_or_else(|| {
            D::Error::custom(
                "`jumps` of this memory give messages no ids: each position once, in order, each id once",
            )
        })?;
        let (next, ids) = ids.split_last().map_or((0, [].as_slice()), |(next, ids)| (*next, ids));
        let mut memory = Self::default();
        memory
            .entries
            .replace(ids.iter().zip(messages).map(|(id, message)| Entry::new(MessageId(*id), message)), next);
        for marks in marks {
            let id = marks.id;
            let stored = Marks::from(marks);
            if !memory.entries.mark(id, |marks| *marks = stored) {
                return Err(D::Error::custom(format_args!(
                    "`marks` of this memory name message {id}, which it does not have"
                )));
            }
        }
        Ok(memory)
    }
}

/// The ids of so many messages and of the next; nothing if they are not all different, or the next not the highest.
fn ids(messages: usize, jumps: &[(usize, i64)]) -> Option<Vec<u64>> {
    let mut jumps = jumps.iter().peekable();
    let mut ids = Vec::with_capacity(messages + 1);
    let (mut expected, mut sorted) = (0_u64, true);
    for position in 0..=messages {
        let jump = jumps.next_if(|(at, _)| *at == position).map_or(0, |(_, by)| *by);
        let id = expected.checked_add_signed(jump)?;
        sorted &= jump >= 0;
        expected = id.checked_add(1)?;
        ids.push(id);
    }
    if !sorted {
        let mut seen = ids.clone();
        seen.sort_unstable();
        let distinct = seen.windows(2).all(|pair| pair.first() < pair.last());
        (distinct && seen.last() == ids.last()).then_some(())?;
    }
    jumps.next().is_none().then_some(ids)
}

/// What an older version has stored.
pub(super) fn migrate(from: u32, old: Value) -> Result<MemoryManager, Error> {
    if from == 0 || from > MemoryManager::VERSION {
        return Err(Error::new(ErrorKind::Memory, unknown(from)));
    }
    serde_json::from_value(old).map_err(|error| {
        let problem = json_problem(&error);
        Error::new(
            ErrorKind::Memory,
            format!("this memory was stored in version {from} and cannot be read: {problem}"),
        )
    })
}
