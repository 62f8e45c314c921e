//! What one line of a stream says.

/// What may stand before the first line of a body, and is no part of it.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// What one line says. Where it has a value, the number says at which byte of the line the value begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line {
    /// The end of an event.
    Blank,
    /// A line of the event's data.
    Data(usize),
    /// The name of the event.
    Name(usize),
    /// A comment, an `id` or `retry`, which are for clients that reconnect, or a field that nobody knows.
    Ignored,
}

impl Line {
    /// Reads a line, without its end and without a byte order mark.
    pub(super) fn read(line: &[u8]) -> Self {
        if line.is_empty() {
            Self::Blank
        } else if let Some(value) = value_of(b"data", line) {
            Self::Data(value)
        } else if let Some(value) = value_of(b"event", line) {
            Self::Name(value)
        } else {
            Self::Ignored
        }
    }
}

/// Where the value begins, if the line is the field `name`. One space after the colon belongs to neither.
fn value_of(name: &[u8], line: &[u8]) -> Option<usize> {
    match line.strip_prefix(name)? {
        [] => Some(name.len()),
        [b':', b' ', ..] => Some(name.len() + 2),
        [b':', ..] => Some(name.len() + 1),
        _ => None,
    }
}

/// How many bytes of the body's first line are a byte order mark.
pub(super) fn mark_of(line: &[u8]) -> usize {
    if line.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 }
}
