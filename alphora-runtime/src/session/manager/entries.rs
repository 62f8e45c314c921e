//! The messages of a memory under their ids, and how long their stored form is.

use super::blocks::Blocks;
use super::entry::{Entry, MessageId};
use super::marks::{self, Marks};
use super::stored;
use crate::wire::Message;

/// The messages, the earliest first.
///
/// Ids grow along the list, except that a summary, which stands where the messages were that it replaces, is
/// younger than what follows.
#[derive(Debug, Clone, Default)]
pub(super) struct Entries {
    blocks: Blocks<Entry>,
    /// The id of the next message.
    next: u64,
    /// Where the last part begins in which ids only grow.
    sorted_from: usize,
    pub(super) sizes: Sizes,
}

/// What the parts of the stored form take, kept up to date with every change.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Sizes {
    /// All messages, each by itself.
    pub(super) messages: usize,
    /// How many messages have marks.
    pub(super) marked: usize,
    /// All marks, each message's by itself.
    pub(super) marks: usize,
    /// The list of jumps, whole; 0 if there are none.
    pub(super) jumps: usize,
}

impl Entries {
    /// Adds a message under the next id.
    pub(super) fn push(&mut self, message: Message) -> MessageId {
        let entry = self.create(message);
        let id = entry.id;
        self.append(entry);
        id
    }

    /// A message under the next id, which is not in the list yet.
    pub(super) fn create(&mut self, message: Message) -> Entry {
        let id = MessageId(self.next);
        self.next += 1;
        Entry::new(id, message)
    }

    pub(super) fn len(&self) -> usize {
        self.blocks.len()
    }

    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = &Entry> {
        self.blocks.iter()
    }

    /// What was added since `before`: those after its last, if all that it has is still there as it was.
    pub(super) fn since<'a>(&'a self, before: &Self) -> Option<impl Iterator<Item = &'a Entry>> {
        let places = before.len()..self.len();
        self.blocks
            .starts_with(&before.blocks)
            .then(|| places.filter_map(|position| self.blocks.get(position)))
    }

    /// Adds what another list has, under the ids that it has there. All of them must be new here.
    pub(super) fn extend(&mut self, added: &Self) {
        let place = self.len();
        let mut expected = self.iter().next_back().map_or(0, |last| last.id.0 + 1);
        // The next id stands elsewhere now.
        self.sizes.unjump(place, expected, self.next);
        let ids = added.iter().map(|entry| entry.id.0).chain([added.next]);
        for (place, id) in (place..).zip(ids) {
            self.sizes.jump(place, expected, id);
            expected = id + 1;
        }
        added.iter().for_each(|entry| self.append(entry.clone()));
        self.next = added.next;
    }

    /// A copy of the list that does not see what is changed later.
    pub(super) fn blocks(&self) -> Blocks<Entry> {
        self.blocks.clone()
    }

    pub(super) fn next(&self) -> u64 {
        self.next
    }

    pub(super) fn get(&self, id: MessageId) -> Option<&Entry> {
        self.blocks.get(self.position(id)?)
    }

    pub(super) fn position(&self, id: MessageId) -> Option<usize> {
        let (mut low, mut high) = (self.sorted_from, self.len());
        while low < high {
            let middle = low.midpoint(high);
            match self.blocks.get(middle)?.id.cmp(&id) {
                std::cmp::Ordering::Equal => return Some(middle),
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        // Up to the last summary: few, as all else there has become summaries.
        self.iter().take(self.sorted_from).position(|entry| entry.id == id)
    }

    /// Changes the marks of a message, and says whether there is such a message.
    pub(super) fn mark(&mut self, id: MessageId, change: impl FnOnce(&mut Marks)) -> bool {
        let Some(old) = self.get(id).map(|entry| entry.marks.clone()) else { return false };
        let mut new = old.as_deref().cloned().unwrap_or_default();
        change(&mut new);
        // What changes nothing copies nothing.
        if old.as_deref().unwrap_or(&Marks::default()) == &new {
            return true;
        }
        let new = (!new.is_empty()).then(|| new.into());
        self.sizes.unmark(id, old.as_deref());
        self.sizes.mark(id, new.as_deref());
        let entry = self.position(id).and_then(|position| self.blocks.get_mut(position));
        entry.map(|entry| entry.marks = new).is_some()
    }

    /// Takes out the messages at positions of which `goes` says so.
    pub(super) fn take_out(&mut self, mut goes: impl FnMut(usize) -> bool) -> Vec<Message> {
        let all = std::mem::take(&mut self.blocks);
        let mut gone = Vec::new();
        let mut stays = Vec::with_capacity(all.len());
        for (position, entry) in all.iter().enumerate() {
            if goes(position) { &mut gone } else { &mut stays }.push(entry.clone());
        }
        drop(all);
        self.replace(stays, self.next);
        gone.into_iter().map(Entry::into_message).collect()
    }

    /// Makes `entries` the list, after which `next` follows.
    pub(super) fn replace(&mut self, entries: impl IntoIterator<Item = Entry>, next: u64) {
        *self = Self { next, ..Self::default() };
        entries.into_iter().for_each(|entry| self.append(entry));
        // The jump to the next id is among them, so that no message that is added later changes this.
        self.sizes.jumps = stored::jumps_bytes(self);
    }

    fn append(&mut self, entry: Entry) {
        if self
            .blocks
            .len()
            .checked_sub(1)
            .and_then(|last| self.blocks.get(last))
            .is_some_and(|last| last.id > entry.id)
        {
            self.sorted_from = self.len();
        }
        self.sizes.messages = self.sizes.messages.saturating_add(entry.bytes);
        self.sizes.mark(entry.id, entry.marks.as_deref());
        self.blocks.push(entry);
    }
}

impl Sizes {
    /// Counts the id at the end of the list, where another one was expected.
    fn jump(&mut self, place: usize, expected: u64, id: u64) {
        if id != expected {
            let before = if self.jumps == 0 { "[]".len() } else { ",".len() };
            self.jumps = self.jumps.saturating_add(before + stored::jump_bytes(place, expected, id));
        }
    }

    /// No longer counts it.
    fn unjump(&mut self, place: usize, expected: u64, id: u64) {
        if id != expected {
            let rest = self.jumps.saturating_sub(stored::jump_bytes(place, expected, id));
            self.jumps = if rest == "[]".len() { 0 } else { rest.saturating_sub(",".len()) };
        }
    }

    fn mark(&mut self, id: MessageId, marks: Option<&Marks>) {
        if let Some(marks) = marks {
            self.marked += 1;
            self.marks = self.marks.saturating_add(marks::bytes(id, marks));
        }
    }

    fn unmark(&mut self, id: MessageId, marks: Option<&Marks>) {
        if let Some(marks) = marks {
            self.marked = self.marked.saturating_sub(1);
            self.marks = self.marks.saturating_sub(marks::bytes(id, marks));
        }
    }
}

/// The same messages under the same ids with the same marks. Which id comes next is not asked: nobody can tell.
impl PartialEq for Entries {
    fn eq(&self, other: &Self) -> bool {
        self.sizes.messages == other.sizes.messages && self.blocks == other.blocks
    }
}

impl Eq for Entries {}
