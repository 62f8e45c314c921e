//! One event of a stream.

use std::borrow::Cow;

/// One event, until the next one is asked for.
///
/// Its texts are borrowed from the bytes that came, unless they were no UTF-8: then U+FFFD stands for what was wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Event<'p> {
    /// The last `event:` field, unless it was empty.
    pub(crate) name: Option<Cow<'p, str>>,
    /// The `data:` fields, joined by line feeds.
    pub(crate) data: Cow<'p, str>,
}

impl<'p> Event<'p> {
    pub(super) fn new(name: &'p [u8], data: &'p [u8]) -> Self {
        Self { name: (!name.is_empty()).then(|| decode(name)), data: decode(data) }
    }
}

/// The text of a value.
///
/// To decode values one by one is the same as to decode the body and then to part it, as the standard says it:
/// whatever is no UTF-8 is replaced in a way that never takes in a line's end or any other ASCII character.
fn decode(bytes: &[u8]) -> Cow<'_, str> {
    // Asked first, because it is several times as fast as the lossy reading, which looks at every single byte.
    match str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => String::from_utf8_lossy(bytes),
    }
}
