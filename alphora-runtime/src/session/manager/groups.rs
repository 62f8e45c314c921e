//! What goes together: a call with its results, a question with what follows it.

use super::entry::{Entry, Kind};

/// Messages that are kept or left out as one: a message of the assistant that makes calls with the results that
/// follow it, or any other message by itself.
pub(super) type Unit<'u, 'a> = &'u [&'a Entry];

/// The units, the earliest first.
pub(super) fn units<'u, 'a>(entries: &'u [&'a Entry]) -> impl DoubleEndedIterator<Item = Unit<'u, 'a>> {
    entries.chunk_by(|before, entry| together(before, entry))
}

/// Whether a message and the one before it are of one unit.
///
/// Results that follow no call are of one unit too: nothing can be sent until they are gone.
pub(super) fn together(before: &Entry, entry: &Entry) -> bool {
    entry.kind == Kind::Outcome && matches!(before.kind, Kind::Calls | Kind::Outcome)
}

/// Which unit the last `rounds` rounds begin with.
///
/// A round is a message of the user and all up to the next. What comes before the first is of the first round.
pub(super) fn last_rounds(units: &[Unit<'_, '_>], rounds: usize) -> usize {
    let is_question = |unit: Unit<'_, '_>| unit.first().is_some_and(|entry| entry.kind == Kind::Question);
    let mut questions =
        (0..units.len()).rev().filter(|nth| units.get(*nth).is_some_and(|unit| is_question(unit)));
    let Some(last) = rounds.checked_sub(1) else { return units.len() };
    let begin = questions.nth(last);
    // The first round begins with the first message.
    begin.filter(|_| questions.next().is_some()).unwrap_or(0)
}
