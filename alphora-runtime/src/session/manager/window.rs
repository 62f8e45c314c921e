//! Which messages a history has, given its limits.

use std::sync::Arc;

use super::entry::{Entry, Kind};
use super::groups::{Unit, last_rounds, units};
use super::tokens::estimated_tokens;
use crate::wire::Message;

/// What limits a history. Nothing does by default.
#[derive(Clone, Default)]
pub(super) struct Limits {
    pub(super) rounds: Option<usize>,
    pub(super) messages: Option<usize>,
    pub(super) tokens: Option<Budget>,
    pub(super) keep: Vec<String>,
    pub(super) exclude: Vec<String>,
    pub(super) without_system: bool,
}

/// How many tokens there may be, by a count of one's own or by the estimate.
#[derive(Clone)]
pub(super) struct Budget {
    pub(super) limit: usize,
    pub(super) count: Option<Arc<Count>>,
}

/// How many tokens a message takes.
type Count = dyn Fn(&Message) -> usize + Send + Sync;

/// The messages that a history has, the earliest first.
pub(super) struct Window<'a> {
    pub(super) entries: Vec<&'a Entry>,
    /// What has to be there takes so many tokens, and may take so many.
    pub(super) too_long: Option<(usize, usize)>,
    /// The newest message and what cannot be parted from it are so many, and may be so many.
    pub(super) too_many: Option<(usize, usize)>,
}

impl Limits {
    /// What these limits leave of `entries`.
    pub(super) fn window<'a>(&self, entries: &[&'a Entry]) -> Window<'a> {
        let units: Vec<_> = units(entries).filter(|unit| !self.excludes(unit)).collect();
        let first = self.rounds.map_or(0, |rounds| last_rounds(&units, rounds));
        let mut tokens = self.always_kept_tokens(&units);
        let limit = self.tokens.as_ref().map_or(usize::MAX, |budget| budget.limit);
        let (mut messages, max_messages) = (0, self.messages.unwrap_or(usize::MAX));
        // The newest message that is no instruction has to fit with what is always kept.
        let (mut least, mut is_newest) = (tokens, true);
        let (mut is_full, mut too_many) = (false, None);
        let mut chosen = Vec::new();
        for (nth, unit) in units.iter().copied().enumerate().rev() {
            if is_newest
                && !self.always_keeps(unit)
                && nth >= first
                && (1..unit.len()).contains(&max_messages)
            {
                too_many = Some((unit.len(), max_messages));
            }
            if self.always_keeps(unit) {
                chosen.push(unit);
            } else if !is_full && nth >= first && messages + unit.len() <= max_messages {
                let more = tokens.saturating_add(self.tokens_of(unit));
                if is_newest {
                    least = more;
                }
                is_full = more > limit;
                if !is_full {
                    (tokens, messages) = (more, messages + unit.len());
                    chosen.push(unit);
                }
            } else {
                is_full = true;
            }
            is_newest &= is_instruction(unit);
        }
        chosen.reverse();
        Window { entries: chosen.concat(), too_long: (least > limit).then_some((least, limit)), too_many }
    }

    /// What is excluded is left out, whatever else is said of it.
    fn excludes(&self, unit: Unit<'_, '_>) -> bool {
        let has_tag = |entry: &Entry| self.exclude.iter().any(|tag| entry.has_tag(tag));
        (self.without_system && is_instruction(unit)) || unit.iter().any(|entry| has_tag(entry))
    }

    fn always_keeps(&self, unit: Unit<'_, '_>) -> bool {
        let has_tag = |entry: &Entry| self.keep.iter().any(|tag| entry.has_tag(tag));
        is_instruction(unit) || unit.iter().any(|entry| entry.is_pinned() || has_tag(entry))
    }

    fn always_kept_tokens(&self, units: &[Unit<'_, '_>]) -> usize {
        let kept = units.iter().filter(|unit| self.tokens.is_some() && self.always_keeps(unit));
        kept.map(|unit| self.tokens_of(unit)).fold(0, usize::saturating_add)
    }

    /// Counted only if there is a limit.
    fn tokens_of(&self, unit: Unit<'_, '_>) -> usize {
        let Some(budget) = &self.tokens else { return 0 };
        let count = |message: &Message| {
            budget.count.as_ref().map_or_else(|| estimated_tokens(message), |count| count(message))
        };
        unit.iter().map(|entry| count(&entry.message)).fold(0, usize::saturating_add)
    }
}

fn is_instruction(unit: Unit<'_, '_>) -> bool {
    unit.first().is_some_and(|entry| entry.kind == Kind::Instruction)
}
