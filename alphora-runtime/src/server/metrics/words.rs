//! Counters by a word that the code which counts has chosen: few words, and a bound in case there are more.

use std::sync::OnceLock;

use super::number::Counter;

/// How many words there can be. All that come later are one.
const MOST: usize = 24;

/// What is counted under words for which there is no room.
#[cfg(feature = "metrics")]
const OTHER: &str = "other";

/// How often each word was said. A word that is known costs the comparisons up to it and one atomic addition.
#[derive(Debug, Default)]
pub(super) struct Words {
    known: [(OnceLock<&'static str>, Counter); MOST],
    other: Counter,
}

impl Words {
    pub(super) fn increment(&self, word: &'static str) {
        for (known, counter) in &self.known {
            // The first free place is this word's, unless another thread takes it just now.
            if *known.get_or_init(|| word) == word {
                return counter.increment();
            }
        }
        self.other.increment();
    }

    /// Each word with how often it was said.
    #[cfg(feature = "metrics")]
    pub(super) fn get(&self) -> impl Iterator<Item = (&'static str, u64)> {
        let known = self.known.iter().filter_map(|(word, counter)| Some((*word.get()?, counter.get())));
        known.chain(Some((OTHER, self.other.get())).filter(|(_, count)| *count > 0))
    }
}

#[cfg(test)]
#[cfg(feature = "metrics")]
mod tests {
    use super::*;

    #[test]
    fn each_word_is_counted_and_there_are_not_more_than_there_is_room_for() {
        let words = Words::default();
        for _ in 0..3 {
            words.increment("ok");
        }
        for number in 0..MOST + 5 {
            words.increment(Box::leak(format!("word {number}").into_boxed_str()));
        }
        let counted: Vec<_> = words.get().collect();
        assert_eq!((counted.len(), counted[0], counted[MOST]), (MOST + 1, ("ok", 3), (OTHER, 6)));
    }
}
