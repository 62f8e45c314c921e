//! What a request asks of the agent: both servers understand the same few words.

use std::time::Duration;

/// The pieces that a counted answer is made of, in turn: short, as a model's tokens are, and with characters
/// that JSON has to escape and that take more than one byte.
pub(crate) const WORDS: [&str; 8] =
    ["An", " agent", " says", " 你好", " \"twice\"", ",\n", "then", " it waits"];

/// The meaning of a user's message.
#[derive(Debug, PartialEq)]
pub(crate) enum Script<'a> {
    /// `count:N`, `count:N,delay:MS`, `count:N,busy:MS`.
    Count(Count),
    /// Anything else is the answer.
    Echo(&'a str),
}

/// A number of chunks, and what happens before each.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Count {
    pub(crate) chunks: usize,
    /// Time to sleep before each chunk.
    pub(crate) delay: Duration,
    /// Time to compute, without awaiting, before each chunk but the first.
    pub(crate) busy: Duration,
}

impl Script<'_> {
    pub(crate) fn parse(query: &str) -> Script<'_> {
        match Count::parse(query) {
            Some(count) => Script::Count(count),
            None => Script::Echo(query),
        }
    }
}

impl Count {
    fn parse(query: &str) -> Option<Self> {
        let mut words = query.strip_prefix("count:")?.split(',');
        let mut count = Self { chunks: words.next()?.parse().ok()?, ..Self::default() };
        for word in words {
            let (name, milliseconds) = word.split_once(':')?;
            let time = Duration::from_millis(milliseconds.parse().ok()?);
            match name {
                "delay" => count.delay = time,
                "busy" => count.busy = time,
                _ => return None,
            }
        }
        Some(count)
    }

    /// Waits until chunk `index` is due.
    pub(crate) async fn wait(&self, index: usize) {
        if index > 0 && !self.busy.is_zero() {
            std::thread::sleep(self.busy);
        }
        if !self.delay.is_zero() {
            tokio::time::sleep(self.delay).await;
        }
    }

    /// Whether there is a time to wait for before a chunk.
    pub(crate) fn waits(&self) -> bool {
        !self.delay.is_zero() || !self.busy.is_zero()
    }

    /// Chunk `index`.
    pub(crate) fn word(index: usize) -> &'static str {
        WORDS[index % WORDS.len()]
    }
}
