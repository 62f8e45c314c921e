//! What clients were told of their turns, and whether the history of their session agrees with all of it.
//!
//! Each turn adds one entry with a name of its own, and is answered with its [`Place`]. So every answer says what the
//! whole history looked like after its turn, and turns that did not happen one after the other are found out.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

/// Where a turn's entry stands, and what all entries up to it are: the answer to a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The number of entries up to this one.
    pub entries: usize,
    /// The [`fingerprint`] of these.
    pub fingerprint: u64,
}

impl Place {
    /// The place of the last of `entries`.
    pub fn last_of<T: AsRef<str>>(entries: &[T]) -> Self {
        Self { entries: entries.len(), fingerprint: fingerprint(entries) }
    }

    /// The first place that is written in `text`, whatever surrounds it.
    pub fn find(text: &str) -> Option<Self> {
        text.match_indices(OPENING).find_map(|(at, _)| {
            let rest = &text[at..];
            rest.find(CLOSING).and_then(|end| rest[..end + CLOSING.len()].parse().ok())
        })
    }
}

const OPENING: &str = "(place ";
const CLOSING: &str = ")";

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{OPENING}{} {:016x}{CLOSING}", self.entries, self.fingerprint)
    }
}

impl FromStr for Place {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let inside = text.strip_prefix(OPENING).and_then(|text| text.strip_suffix(CLOSING)).ok_or(())?;
        let (entries, fingerprint) = inside.split_once(' ').ok_or(())?;
        let entries = entries.parse().map_err(drop)?;
        Ok(Self { entries, fingerprint: u64::from_str_radix(fingerprint, 16).map_err(drop)? })
    }
}

/// A number that other entries, or the same in another order, do not have but by accident (64-bit FNV-1a).
pub fn fingerprint<T: AsRef<str>>(entries: &[T]) -> u64 {
    fingerprints(entries).last().copied().unwrap_or(BASIS)
}

const BASIS: u64 = 0xcbf2_9ce4_8422_2325;

/// The fingerprints of the first entry, the first two, and so on.
fn fingerprints<T: AsRef<str>>(entries: &[T]) -> Vec<u64> {
    let mut state = BASIS;
    let step = |state: u64, byte: u8| (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    let after = entries.iter().map(|entry| {
        // No entry has a line feed, so that it separates them.
        state = entry.as_ref().bytes().chain([b'\n']).fold(state, step);
        state
    });
    after.collect()
}

/// What a client was told of a turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// It is stored, and here; without a place if the part of the answer that says it was not understood.
    Stored(Option<Place>),
    /// It was refused, in a way that promises that nothing of it is stored.
    Refused,
    /// Whether it was stored nobody knows: the answer broke off, or says so.
    Unknown,
}

/// One turn of a session, as its client saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// The entry that it adds, which no other turn does.
    pub name: String,
    /// What its client was told.
    pub told: Told,
}

/// How a session's history agrees with what its clients were told. All but the first two are 0 in a good world.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Turns that were acknowledged.
    pub acknowledged: usize,
    /// Turns of which nobody knew whether they were stored, and which were.
    pub unknown_stored: usize,
    /// Turns that were acknowledged and are not there.
    pub lost: usize,
    /// Entries that are there once more than they should be.
    pub doubled: usize,
    /// Acknowledged turns that have seen another history than the one that there is: two turns went past each other.
    pub interleaved: usize,
    /// Turns that are there although their clients were told that they are not.
    pub unwanted: usize,
    /// Entries that no turn has made.
    pub strange: usize,
}

impl Verdict {
    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            acknowledged: self.acknowledged + other.acknowledged,
            unknown_stored: self.unknown_stored + other.unknown_stored,
            lost: self.lost + other.lost,
            doubled: self.doubled + other.doubled,
            interleaved: self.interleaved + other.interleaved,
            unwanted: self.unwanted + other.unwanted,
            strange: self.strange + other.strange,
        }
    }
}

/// Holds the turns of a session against its history.
pub fn judge(turns: &[Turn], history: &[String]) -> Verdict {
    let mut verdict = Verdict::default();
    let mut places: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, entry) in history.iter().enumerate() {
        places.entry(entry).or_default().push(at);
    }
    verdict.doubled = places.values().map(|places| places.len() - 1).sum();
    let prefixes = fingerprints(history);
    for turn in turns {
        let places = places.remove(turn.name.as_str()).unwrap_or_default();
        match turn.told {
            Told::Stored(place) => {
                verdict.acknowledged += 1;
                verdict.lost += usize::from(places.is_empty());
                let is_where_it_was_said = |place: Place| {
                    places.iter().any(|at| at + 1 == place.entries && prefixes[*at] == place.fingerprint)
                };
                if !places.is_empty() && !place.is_none_or(is_where_it_was_said) {
                    verdict.interleaved += 1;
                }
            }
            Told::Refused => verdict.unwanted += usize::from(!places.is_empty()),
            Told::Unknown => verdict.unknown_stored += usize::from(!places.is_empty()),
        }
    }
    verdict.strange = places.len();
    verdict
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history(entries: &[&str]) -> Vec<String> {
        entries.iter().map(|entry| (*entry).to_owned()).collect()
    }

    /// A turn that was told the place that it has after `seen`.
    fn stored(seen: &[&str]) -> Turn {
        let name = (*seen.last().unwrap()).to_owned();
        Turn { name, told: Told::Stored(Some(Place::last_of(seen))) }
    }

    fn told(name: &str, told: Told) -> Turn {
        Turn { name: name.to_owned(), told }
    }

    #[test]
    fn a_serial_history_is_good() {
        let turns =
            [stored(&["a"]), stored(&["a", "x", "b"]), told("x", Told::Unknown), told("y", Told::Unknown)];
        let verdict = judge(&turns, &history(&["a", "x", "b"]));
        assert_eq!(verdict, Verdict { acknowledged: 2, unknown_stored: 1, ..Verdict::default() });
    }

    #[test]
    fn whatever_is_wrong_is_found() {
        let all = |turns: &[Turn], entries: &[&str]| judge(turns, &history(entries));
        assert_eq!(all(&[stored(&["a"]), stored(&["a", "b"])], &["a"]).lost, 1);
        assert_eq!(all(&[stored(&["a"]), stored(&["a", "b"])], &["b"]).lost, 1);
        assert_eq!(all(&[stored(&["a"])], &["a", "a"]).doubled, 1);
        assert_eq!(all(&[told("a", Told::Unknown)], &["a", "a", "a"]).doubled, 2);
        // Both have seen a history of one entry: the second has overwritten nothing, and still they went past
        // each other.
        assert_eq!(all(&[stored(&["a"]), stored(&["b"])], &["a", "b"]).interleaved, 1);
        // The same number of entries, but others.
        assert_eq!(all(&[stored(&["x", "b"])], &["y", "b"]).interleaved, 1);
        assert_eq!(all(&[told("a", Told::Refused)], &["a"]).unwanted, 1);
        assert_eq!(all(&[], &["a", "b"]).strange, 2);
    }

    #[test]
    fn an_answer_whose_place_was_not_read_still_counts() {
        let turns = [told("a", Told::Stored(None)), told("b", Told::Stored(None))];
        let verdict = judge(&turns, &history(&["b"]));
        assert_eq!(verdict, Verdict { acknowledged: 2, lost: 1, ..Verdict::default() });
    }

    #[test]
    fn a_place_is_found_in_whatever_surrounds_it() {
        let place = Place::last_of(&["a", "b"]);
        assert_eq!(Place::find(&format!("data: {{\"content\":\"{place}\"}}\r\n(place 1 zz)")), Some(place));
        assert_eq!(Place::find(&format!("(place x y) {place}")), Some(place));
        assert_eq!(Place::find("(place 12"), None);
        assert_ne!(fingerprint(&["ab", "c"]), fingerprint(&["a", "bc"]));
    }
}
