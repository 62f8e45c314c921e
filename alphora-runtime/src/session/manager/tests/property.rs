//! Whatever is done to a memory, it holds what the plain model holds, and its windows are what they should be.

use proptest::prelude::*;

use super::model::{Deed, Line, Model, TAGS, deed, round};
use super::*;

fn config() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, cases: 128, ..ProptestConfig::default() }
}

/// Lives once, and looks at a copy of what was in the middle.
fn live(deeds: &[Deed]) -> (MemoryManager, Model) {
    let (mut memory, mut model): (MemoryManager, Model) = Default::default();
    let mut earlier: (MemoryManager, Model) = Default::default();
    for (nth, deed) in deeds.iter().enumerate() {
        if nth == deeds.len() / 2 {
            earlier = (memory.clone(), model.clone());
        }
        model.act(&mut memory, deed);
        assert_eq!(memory.stored_bytes(), serde_json::to_string(&memory).unwrap().len(), "after {deed:?}");
    }
    same(&earlier.0, &earlier.1);
    (memory, model)
}

fn same(memory: &MemoryManager, model: &Model) {
    assert_eq!(memory.len(), model.lines.len());
    for (line, (id, message)) in model.lines.iter().zip(memory.entries()) {
        assert_eq!((id.as_u64(), message), (line.id, &line.message));
        assert_eq!(memory.get(id), Some(message));
        assert_eq!(memory.is_pinned(id), line.pinned);
        assert!(memory.tags(id).eq(line.tags.iter().copied()));
    }
    let statistics = memory.statistics();
    assert_eq!(statistics.pinned, memory.pinned().count());
    assert_eq!(statistics.tokens, memory.messages().map(estimated_tokens).sum::<usize>());
}

/// The limits of a window.
#[derive(Debug, Clone)]
struct Limits {
    rounds: Option<usize>,
    messages: Option<usize>,
    tokens: Option<usize>,
    keep: Option<&'static str>,
    exclude: Option<&'static str>,
    without_system: bool,
}

fn limits() -> impl Strategy<Value = Limits> {
    let tag = || prop::option::weighted(0.3, prop::sample::select(&TAGS[..]));
    let up_to = |most: usize| prop::option::of(0..most);
    (up_to(8), up_to(20), up_to(150), tag(), tag(), prop::bool::weighted(0.2)).prop_map(
        |(rounds, messages, tokens, keep, exclude, without_system)| Limits {
            rounds,
            messages,
            tokens,
            keep,
            exclude,
            without_system,
        },
    )
}

/// Of no more than a few sizes, so that limits are met exactly.
fn cost(message: &Message) -> usize {
    1 + message.text().len() % 7
}

impl Limits {
    fn put_on(&self, mut history: History) -> History {
        history = self.rounds.map_or(history.clone(), |rounds| history.max_rounds(rounds));
        history = self.messages.map_or(history.clone(), |messages| history.max_messages(messages));
        history = self.tokens.map_or(history.clone(), |tokens| history.max_tokens_by(tokens, cost));
        history = self.keep.map_or(history.clone(), |tag| history.keep_tagged(tag));
        history = self.exclude.map_or(history.clone(), |tag| history.exclude_tagged(tag));
        if self.without_system { history.without_system() } else { history }
    }

    fn excludes(&self, line: &Line) -> bool {
        self.exclude.is_some_and(|tag| line.tags.contains(&tag))
            || (self.without_system && line.message.role == Role::System)
    }

    fn keeps(&self, line: &Line) -> bool {
        line.pinned
            || line.message.role == Role::System
            || self.keep.is_some_and(|tag| line.tags.contains(&tag))
    }
}

/// The window is judged by what is asked of it, not by how it is made.
fn judge(memory: &MemoryManager, model: &Model, limits: &Limits) {
    let history = limits.put_on(memory.build_history());
    let any = |group: u64, of: &dyn Fn(&Line) -> bool| {
        model.lines.iter().any(|line| line.group == group && of(line))
    };
    let candidates: Vec<&Line> =
        model.lines.iter().filter(|line| !any(line.group, &|line| limits.excludes(line))).collect();
    let kept = |line: &Line| any(line.group, &|line| limits.keeps(line));

    // Which lines are there: each place in memory names one.
    let mut there = Vec::new();
    let mut places = memory.messages().zip(&model.lines);
    for message in history.messages() {
        let found = places.find(|(place, _)| std::ptr::eq(*place, message));
        there.push(found.expect("in the order of the memory").1);
    }
    let is_there = |line: &Line| there.iter().any(|other| other.id == line.id);
    assert!(there.iter().all(|line| !limits.excludes(line)), "nothing that is excluded is there");
    for line in &candidates {
        assert!(!kept(line) || is_there(line), "what is always kept is there");
        let group = candidates.iter().filter(|other| other.group == line.group);
        assert!(group.map(|other| is_there(other)).all(|other| other == is_there(line)), "no group is torn");
    }

    // What was chosen: the newest, without a hole, within the limits.
    let chosen = there.iter().filter(|line| !kept(line)).count();
    let tokens: usize = there.iter().map(|line| cost(&line.message)).sum();
    let within = |nth: usize| round(&candidates, nth) <= limits.rounds.unwrap_or(usize::MAX);
    let optional: Vec<usize> = (0..candidates.len()).filter(|nth| !kept(candidates[*nth])).collect();
    let (out, chosen_places) = optional.split_at(optional.len() - chosen);
    assert!(chosen_places.iter().all(|nth| is_there(candidates[*nth]) && within(*nth)));
    assert!(chosen <= limits.messages.unwrap_or(usize::MAX));
    let too_long = matches!(history.check(), Err(HistoryError::TooLong { .. }));
    assert!(too_long || tokens <= limits.tokens.unwrap_or(usize::MAX));

    // Nothing more would have fitted.
    let Some(next) = out.last() else {
        assert!(!too_long || limits.tokens.is_some_and(|limit| tokens > limit));
        return;
    };
    let group: Vec<_> = candidates.iter().filter(|line| line.group == candidates[*next].group).collect();
    let more: usize = group.iter().map(|line| cost(&line.message)).sum();
    let fits_otherwise = within(*next) && chosen + group.len() <= limits.messages.unwrap_or(usize::MAX);
    let fits_tokens = tokens + more <= limits.tokens.unwrap_or(usize::MAX);
    assert!(!(fits_otherwise && fits_tokens), "one more would have fitted");

    // It is too long if the newest that is no instruction does not fit.
    let newest = candidates.iter().rev().find(|line| line.message.role != Role::System);
    let newest_is_out = newest.is_some_and(|line| !is_there(line));
    let always: usize = candidates.iter().filter(|line| kept(line)).map(|line| cost(&line.message)).sum();
    let above = limits.tokens.is_some_and(|limit| always > limit);
    assert_eq!(too_long, above || (newest_is_out && fits_otherwise && !fits_tokens));
    if let Err(HistoryError::TooLong { tokens, limit }) = history.check() {
        assert!(tokens > limit && Some(limit) == limits.tokens);
    }
}

fn message() -> impl Strategy<Value = Message> {
    let role = prop_oneof![Just("user"), Just("assistant"), Just("system"), Just("narrator")];
    (role, any::<String>(), any::<bool>()).prop_map(|(role, text, named)| {
        let message = Message::new(Role::from(role), text.as_str());
        if named { message.with_name(text) } else { message }
    })
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_memory_is_what_was_done_to_it(deeds in prop::collection::vec(deed(), 0..120)) {
        let (memory, model) = live(&deeds);
        same(&memory, &model);
        prop_assert_eq!(memory.check_tool_chain(), Ok(()));
        let stored = serde_json::to_string(&memory).unwrap();
        let mut back: MemoryManager = serde_json::from_str(&stored).unwrap();
        same(&back, &model);
        prop_assert_eq!(&back, &memory);
        prop_assert_eq!(back.stored_bytes(), stored.len());
        prop_assert_eq!(back.add_user("next").as_u64(), model.next);
    }

    #[test]
    fn windows_are_the_newest_that_fit(
        deeds in prop::collection::vec(deed(), 0..60),
        limits in prop::collection::vec(limits(), 8),
    ) {
        let (memory, model) = live(&deeds);
        for limits in &limits {
            judge(&memory, &model, limits);
        }
    }

    #[test]
    fn the_stored_form_is_whole_and_its_length_is_known(messages in prop::collection::vec(message(), 0..100)) {
        let memory: MemoryManager = messages.iter().cloned().collect();
        let stored = serde_json::to_string(&memory).unwrap();
        prop_assert_eq!(memory.stored_bytes(), stored.len());
        let back: MemoryManager = serde_json::from_str(&stored).unwrap();
        prop_assert!(back.messages().eq(messages.iter()));
        prop_assert_eq!(back, memory);
    }
}
