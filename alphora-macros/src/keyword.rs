//! Every word that the attributes know, on one page, with "did you mean".

pub(crate) const AGENT: &str = "agent";
pub(crate) const TOOL: &str = "tool";

pub(crate) const API_DESCRIPTION: &str = "api_description";
pub(crate) const API_TITLE: &str = "api_title";
pub(crate) const AUTO_CLEAN_INTERVAL: &str = "auto_clean_interval";
pub(crate) const CONCURRENCY: &str = "concurrency";
pub(crate) const CONFIG: &str = "config";
pub(crate) const CRATE: &str = "crate";
pub(crate) const DEFAULT_STREAM: &str = "default_stream";
pub(crate) const DESCRIPTION: &str = "description";
pub(crate) const FIRST_EVENT_TIMEOUT: &str = "first_event_timeout";
pub(crate) const IDLE_TIMEOUT: &str = "idle_timeout";
pub(crate) const KEEP_ALIVE: &str = "keep_alive";
pub(crate) const MAX_MEMORY_ITEMS: &str = "max_memory_items";
pub(crate) const MEMORY: &str = "memory";
pub(crate) const MEMORY_TTL: &str = "memory_ttl";
pub(crate) const METHOD: &str = "method";
pub(crate) const NAME: &str = "name";
pub(crate) const NEW: &str = "new";
pub(crate) const ON_DISCONNECT: &str = "on_disconnect";
pub(crate) const ON_FAILURE: &str = "on_failure";
pub(crate) const PATH: &str = "path";
pub(crate) const STREAM: &str = "stream";
pub(crate) const STRICT: &str = "strict";
pub(crate) const TIMEOUT: &str = "timeout";

/// The framework's types that only a marked field has, by the names that they are imported with.
pub(crate) const MEMORY_TYPE: &str = "MemoryManager";
pub(crate) const STREAM_TYPE: &str = "DataStreamer";

/// Placeholders of titles and descriptions.
pub(crate) const PLACEHOLDERS: &[&str] = &["agent_name", "method_name"];

/// The keys that say something about sessions.
pub(crate) const OF_MEMORY: &[&str] = &[MEMORY_TTL, MAX_MEMORY_ITEMS, AUTO_CLEAN_INTERVAL];

/// A key whose value is one of a few words. Its type in the runtime has a variant for each word, which is called
/// as the word is.
pub(crate) struct Policy {
    pub(crate) key: &'static str,
    pub(crate) ty: &'static str,
    pub(crate) words: &'static [&'static str],
}

/// The policies of a run, in the order in which they are documented.
pub(crate) const POLICIES: &[Policy] = &[
    Policy { key: ON_DISCONNECT, ty: "OnDisconnect", words: &["cancel", "continue"] },
    Policy { key: CONCURRENCY, ty: "Concurrency", words: &["enqueue", "reject", "interrupt", "rollback"] },
    Policy { key: ON_FAILURE, ty: "OnFailure", words: &["rollback", "keep"] },
];

/// Where an attribute of ours can stand.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Struct,
    Field,
    Impl,
    Method,
    Tool,
}

impl Place {
    /// Those of `#[agent]`.
    const AGENT: &[Self] = &[Self::Struct, Self::Field, Self::Impl, Self::Method];

    /// The words that are known there.
    pub(crate) fn words(self) -> &'static [&'static str] {
        match self {
            Self::Struct => &[NEW, CRATE],
            Self::Field => &[MEMORY, STREAM],
            Self::Impl => &[
                PATH,
                NAME,
                METHOD,
                MEMORY_TTL,
                MAX_MEMORY_ITEMS,
                AUTO_CLEAN_INTERVAL,
                API_TITLE,
                API_DESCRIPTION,
                TIMEOUT,
                FIRST_EVENT_TIMEOUT,
                IDLE_TIMEOUT,
                KEEP_ALIVE,
                DEFAULT_STREAM,
                ON_DISCONNECT,
                CONCURRENCY,
                ON_FAILURE,
                CONFIG,
                CRATE,
            ],
            Self::Method => &[PATH, NAME, API_TITLE, API_DESCRIPTION],
            Self::Tool => &[NAME, DESCRIPTION, TIMEOUT, STRICT, CRATE],
        }
    }

    /// How it is called in messages.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Struct => "the struct",
            Self::Field => "a field",
            Self::Impl => "the `impl` block",
            Self::Method => "a method",
            Self::Tool => "a tool",
        }
    }

    /// A key and its value.
    pub(crate) fn example(self) -> &'static str {
        if self == Self::Tool { "name = \"search_web\"" } else { "path = \"/api/v1\"" }
    }

    /// Another place of the same attribute where `word` is known.
    pub(crate) fn elsewhere(self, word: &str) -> Option<Self> {
        let places = if self == Self::Tool { &[] } else { Self::AGENT };
        places.iter().copied().find(|place| *place != self && place.words().contains(&word))
    }
}

/// `` (did you mean `x`?) ``, or nothing.
pub(crate) fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    closest(word, known).map(|name| format!(" (did you mean `{name}`?)")).unwrap_or_default()
}

/// The known word that `word` was probably meant to be.
fn closest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let most = (word.chars().count() / 3).max(1);
    known
        .into_iter()
        .map(|name| (distance(word, name), name))
        .filter(|(distance, _)| *distance <= most)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// How many characters have to be added, removed, replaced or swapped with their neighbour.
fn distance(one: &str, other: &str) -> usize {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=other.len()).collect()];
    for (i, a) in one.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, b) in other.iter().enumerate() {
            let replaced = rows[i][j] + usize::from(a != b);
            let mut best = replaced.min(rows[i][j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *a == other[j - 1] && one[i - 1] == *b {
                best = best.min(rows[i - 1][j - 1] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[one.len()][other.len()]
}

#[cfg(test)]
mod tests {
    use super::{POLICIES, Place, closest, distance};

    #[test]
    fn distances() {
        for (one, other, expected) in [("rum", "run", 1), ("nru", "run", 2), ("rnu", "run", 1), ("", "ab", 2)]
        {
            assert_eq!(distance(one, other), expected, "{one} {other}");
        }
    }

    #[test]
    fn a_slip_is_recognised_and_another_word_is_not() {
        assert_eq!(closest("memory_tll", Place::Impl.words().iter().copied()), Some("memory_ttl"));
        assert_eq!(closest("memry", Place::Field.words().iter().copied()), Some("memory"));
        assert_eq!(closest("colour", Place::Impl.words().iter().copied()), None);
    }

    #[test]
    fn the_words_are_the_runtimes() {
        let lines = include_str!("../tests/words.txt").lines().filter(|line| !line.starts_with('#'));
        let ours = POLICIES.iter().map(|policy| format!("{} {}", policy.key, policy.words.join(" ")));
        assert!(ours.eq(lines), "the runtime's tests read the same file");
    }
}
