//! A memory written down in the plainest way, and a random life of one.

use proptest::prelude::*;
use proptest::sample::Index;

use super::*;

/// What can be done to a memory. Messages are named by a place among those there are.
#[derive(Debug, Clone)]
pub(super) enum Deed {
    Say(Role, String),
    /// A message with calls, and a result for each.
    Call(usize),
    /// The same, but given up before the last result.
    CallInVain(usize),
    Pin(Index, bool),
    Tag(Index, &'static str, bool),
    Delete(Index),
    DeleteLastRound,
    Compress(usize),
    Clear,
    Store,
}

pub(super) const TAGS: [&str; 2] = ["fact", "a \"tag\""];

pub(super) fn deed() -> impl Strategy<Value = Deed> {
    let role = prop_oneof![
        4 => Just(Role::User),
        3 => Just(Role::Assistant),
        1 => Just(Role::System),
        1 => Just(Role::from("narrator")),
    ];
    let tag = prop::sample::select(&TAGS[..]);
    prop_oneof![
        20 => (role, any::<String>()).prop_map(|(role, text)| Deed::Say(role, text)),
        5 => (1..4_usize).prop_map(Deed::Call),
        1 => (1..4_usize).prop_map(Deed::CallInVain),
        3 => (any::<Index>(), any::<bool>()).prop_map(|(place, on)| Deed::Pin(place, on)),
        4 => (any::<Index>(), tag, any::<bool>()).prop_map(|(place, tag, on)| Deed::Tag(place, tag, on)),
        2 => any::<Index>().prop_map(Deed::Delete),
        1 => Just(Deed::DeleteLastRound),
        1 => (0..6_usize).prop_map(Deed::Compress),
        1 => Just(Deed::Store),
        1 => prop_oneof![9 => Just(Deed::Store), 1 => Just(Deed::Clear)],
    ]
}

/// One message, with the group that it was added with.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line {
    pub(super) id: u64,
    pub(super) message: Message,
    pub(super) group: u64,
    pub(super) pinned: bool,
    pub(super) tags: Vec<&'static str>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Model {
    pub(super) lines: Vec<Line>,
    pub(super) next: u64,
}

impl Model {
    /// Does the same to both.
    pub(super) fn act(&mut self, memory: &mut MemoryManager, deed: &Deed) {
        match deed {
            Deed::Say(role, text) => self.add(memory, Message::new(role.clone(), text.as_str()), None),
            Deed::Call(count) => self.call(memory, *count, *count),
            Deed::CallInVain(count) => {
                self.call(memory, *count, count - 1);
                assert_eq!(memory.pending_tool_calls().len(), 1);
                assert_eq!(memory.drop_pending_tool_calls().len(), *count);
                self.lines.truncate(self.lines.len() - count);
            }
            Deed::Pin(place, on) => {
                let Some((line, id)) = self.at(*place, memory) else { return };
                assert!(if *on { memory.pin(id) } else { memory.unpin(id) });
                line.pinned = *on;
            }
            Deed::Tag(place, tag, on) => {
                let Some((line, id)) = self.at(*place, memory) else { return };
                assert!(if *on { memory.tag(id, *tag) } else { memory.untag(id, tag) });
                line.tags.retain(|other| other != tag);
                line.tags.extend(on.then_some(*tag));
                line.tags.sort_unstable();
            }
            Deed::Delete(place) => {
                let Some((line, id)) = self.at(*place, memory) else { return };
                let group = line.group;
                let gone = self.take_out(|line| line.group == group);
                assert_eq!(memory.delete(id), gone);
            }
            Deed::DeleteLastRound => {
                let last = self.lines.iter().rposition(|line| line.message.role == Role::User);
                let gone = self.lines.split_off(last.unwrap_or(self.lines.len()));
                assert!(memory.delete_last_round().iter().eq(gone.iter().map(|line| &line.message)));
            }
            Deed::Compress(keep_rounds) => self.compress(memory, *keep_rounds),
            Deed::Clear => {
                self.lines.clear();
                memory.clear();
            }
            Deed::Store => {
                let stored = serde_json::to_string(memory).unwrap();
                *memory = serde_json::from_str(&stored).unwrap();
            }
        }
    }

    fn add(&mut self, memory: &mut MemoryManager, message: Message, group: Option<u64>) {
        assert_eq!(memory.add_message(message.clone()).as_u64(), self.next);
        let group = group.unwrap_or(self.next);
        self.lines.push(Line { id: self.next, message, group, pinned: false, tags: Vec::new() });
        self.next += 1;
    }

    fn call(&mut self, memory: &mut MemoryManager, calls: usize, results: usize) {
        let group = self.next;
        let ids: Vec<_> = (0..calls).map(|nth| format!("call_{nth}")).collect();
        let ids: Vec<_> = ids.iter().map(String::as_str).collect();
        self.add(memory, super::calls(&ids), Some(group));
        for id in ids.iter().take(results) {
            self.add(memory, Message::tool(*id, "42"), Some(group));
        }
    }

    fn compress(&mut self, memory: &mut MemoryManager, keep_rounds: usize) {
        let is_summary = |line: &Line| line.tags.contains(&MemoryManager::SUMMARY);
        let group_is_pinned: Vec<_> =
            self.lines.iter().filter(|line| line.pinned).map(|line| line.group).collect();
        let goes: Vec<_> = (0..self.lines.len())
            .filter(|nth| round(&self.lines.iter().collect::<Vec<_>>(), *nth) > keep_rounds)
            .filter(|nth| !group_is_pinned.contains(&self.lines[*nth].group))
            .filter(|nth| self.lines[*nth].message.role != Role::System || is_summary(&self.lines[*nth]))
            .collect();
        let is_new = goes.iter().any(|nth| !is_summary(&self.lines[*nth]));
        let summarise = |_| std::future::ready(Ok::<_, ()>("in short".to_owned()));
        let mut compressing = std::pin::pin!(memory.compress(keep_rounds, summarise));
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        let std::task::Poll::Ready(replaced) = compressing.as_mut().poll(&mut context) else {
            panic!("it waits")
        };
        assert_eq!(replaced, Ok(if is_new { goes.len() } else { 0 }));
        if let (true, Some(first)) = (is_new, goes.first()) {
            let message = Message::system("Summary of the conversation so far:\nin short");
            let tags = vec![MemoryManager::SUMMARY];
            let summary = Line { id: self.next, message, group: self.next, pinned: false, tags };
            self.next += 1;
            for nth in goes.iter().skip(1).rev() {
                self.lines.remove(*nth);
            }
            self.lines[*first] = summary;
        }
    }

    fn at(&mut self, place: Index, memory: &MemoryManager) -> Option<(&mut Line, MessageId)> {
        let nth = (!self.lines.is_empty()).then(|| place.index(self.lines.len()))?;
        Some((&mut self.lines[nth], id(memory, nth)))
    }

    fn take_out(&mut self, goes: impl Fn(&Line) -> bool) -> Vec<Message> {
        self.lines.extract_if(.., |line| goes(line)).map(|line| line.message).collect()
    }
}

/// Which round a line is of, the last round being 1.
pub(super) fn round(lines: &[&Line], nth: usize) -> usize {
    let questions = |lines: &[&Line]| lines.iter().filter(|line| line.message.role == Role::User).count();
    let (before, after) = lines.split_at(nth + 1);
    (questions(after) + questions(before).min(1)).max(1)
}
