//! What the floor looks for in a request: where it ends, what it says, and whether it wants a stream.

use std::io;

use memchr::memmem;

/// Whether the head and as much body as it announces are there.
pub(super) fn is_whole(received: &[u8]) -> bool {
    let Some(end) = memmem::find(received, b"\r\n\r\n") else { return false };
    let length = after(&received[..end], b"Content-Length: ").map_or(0, number);
    received.len() >= end + 4 + length
}

/// Whether the request asks for a stream.
pub(super) fn streams(received: &[u8]) -> bool {
    after(received, b"\"stream\":").is_some_and(|value| value.starts_with(b"true"))
}

/// What the user says, as the JSON has it.
pub(super) fn content(received: &[u8]) -> io::Result<&str> {
    let text = after(received, b"\"content\":\"").unwrap_or_default();
    // What stands after the content of the last message.
    let end = memmem::find(text, b"\"}]").unwrap_or(text.len());
    str::from_utf8(&text[..end]).map_err(io::Error::other)
}

fn after<'a>(text: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    memmem::find(text, name).map(|at| &text[at + name.len()..])
}

fn number(text: &[u8]) -> usize {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit());
    digits.fold(0, |number, digit| number * 10 + usize::from(digit - b'0'))
}
