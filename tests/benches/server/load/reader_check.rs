//! The reader of responses is tried before its counts are trusted: a bench binary has no tests of its own.

use std::io;

use super::response::Response;

const STREAM: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n\
    9\r\ndata: A\n\n\r\n\
    4\r\ndata\r\n\
    10\r\n: B\n\n: idle\n\ndat\r\n\
    1\r\na\r\n\
    5\r\n: C\n\n\r\n\
    0\r\n\r\n";
const FIXED: &str = "HTTP/1.1 200 OK\r\ncontent-length: 16\r\n\r\n{\"data: \":true }";

/// Reads known responses, cut in two at each place, and cut into pieces of each length.
pub(crate) fn check() -> io::Result<()> {
    for (text, events) in [(STREAM, 3), (FIXED, 1)] {
        let bytes = text.as_bytes();
        for cut in 1..bytes.len() {
            expect(events, [&bytes[..cut], &bytes[cut..]])?;
            expect(events, bytes.chunks(cut))?;
        }
    }
    Ok(())
}

fn expect<'a>(events: usize, pieces: impl IntoIterator<Item = &'a [u8]>) -> io::Result<()> {
    let mut response = Response::new();
    for piece in pieces {
        if response.is_done() {
            return Err(io::Error::other("the reader ends too early"));
        }
        response.feed(piece)?;
    }
    if response.is_done() && response.events() == events {
        Ok(())
    } else {
        Err(io::Error::other(format!("the reader counts {} events of {events}", response.events())))
    }
}
