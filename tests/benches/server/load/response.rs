//! Reads an HTTP/1.1 response piece by piece, however the reads cut it, and counts the events in its body.

use std::io;

use memchr::memmem::Finder;

/// What each event of a stream holds once; no word of the benchmark contains it.
const EVENT: &[u8] = b"data: ";
/// The longest beginning of an event that is not one yet.
const TAIL: usize = EVENT.len() - 1;

/// A response that is being read.
pub(crate) struct Response {
    stage: Stage,
    line: Vec<u8>,
    head_end: Finder<'static>,
    events: EventCounter,
    /// The body as received, for those who ask for it.
    pub(crate) body: Option<Vec<u8>>,
}

#[derive(Clone, Copy, PartialEq)]
enum Stage {
    Head,
    /// So many bytes, and the body is over.
    Fixed(u64),
    /// In the line before a piece of the body.
    Size,
    /// So many bytes of a piece.
    Piece(u64),
    /// In the line break after a piece.
    PieceEnd,
    /// In a line after the last piece.
    Trailer,
    Done,
}

impl Response {
    pub(crate) fn new() -> Self {
        let events = EventCounter { finder: Finder::new(EVENT), tail: Vec::new(), found: 0 };
        Self { stage: Stage::Head, line: Vec::new(), head_end: Finder::new(b"\r\n\r\n"), events, body: None }
    }

    /// Starts over, for the next response of the connection.
    pub(crate) fn reset(&mut self) {
        self.stage = Stage::Head;
        self.line.clear();
        self.events.tail.clear();
        self.events.found = 0;
    }

    pub(crate) fn is_done(&self) -> bool {
        self.stage == Stage::Done
    }

    /// The events seen so far.
    pub(crate) fn events(&self) -> usize {
        self.events.found
    }

    /// Takes the next bytes of the connection.
    pub(crate) fn feed(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let used = match self.stage {
                Stage::Head => self.head(bytes)?,
                Stage::Fixed(left) => {
                    let used = self.content(bytes, left);
                    self.stage = after(left, used, Stage::Fixed, Stage::Done);
                    used
                }
                Stage::Piece(left) => {
                    let used = self.content(bytes, left);
                    self.stage = after(left, used, Stage::Piece, Stage::PieceEnd);
                    used
                }
                Stage::Size | Stage::PieceEnd | Stage::Trailer => self.line(bytes)?,
                Stage::Done => return Err(io::Error::other("bytes after the end of the response")),
            };
            bytes = &bytes[used..];
        }
        Ok(())
    }

    fn head(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let before = self.line.len();
        self.line.extend_from_slice(bytes);
        let Some(end) = self.head_end.find(&self.line) else { return Ok(bytes.len()) };
        self.stage = body_of(&self.line[..end])?;
        self.line.clear();
        Ok(end + 4 - before)
    }

    fn content(&mut self, bytes: &[u8], left: u64) -> usize {
        let used = usize::try_from(left).map_or(bytes.len(), |left| left.min(bytes.len()));
        self.events.feed(&bytes[..used]);
        if let Some(body) = &mut self.body {
            body.extend_from_slice(&bytes[..used]);
        }
        used
    }

    /// One of the lines between the pieces of a body.
    fn line(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(end) = memchr::memchr(b'\n', bytes) else {
            self.line.extend_from_slice(bytes);
            return Ok(bytes.len());
        };
        self.line.extend_from_slice(&bytes[..end]);
        let line = self.line.trim_ascii();
        self.stage = match self.stage {
            Stage::PieceEnd => Stage::Size,
            Stage::Trailer if line.is_empty() => Stage::Done,
            Stage::Trailer => Stage::Trailer,
            _ => match hexadecimal(line)? {
                0 => Stage::Trailer,
                size => Stage::Piece(size),
            },
        };
        self.line.clear();
        Ok(end + 1)
    }
}

/// Where a body stands after `used` of the `left` bytes.
fn after(left: u64, used: usize, more: fn(u64) -> Stage, done: Stage) -> Stage {
    match left - used as u64 {
        0 => done,
        left => more(left),
    }
}

/// How the body after this head is delimited.
fn body_of(head: &[u8]) -> io::Result<Stage> {
    let bad = || io::Error::other(format!("unexpected answer: {}", String::from_utf8_lossy(head)));
    if head.get(9..12) != Some(b"200") {
        return Err(bad());
    }
    for line in head.split(|byte| *byte == b'\n') {
        let Some(colon) = memchr::memchr(b':', line) else { continue };
        let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
        if name.eq_ignore_ascii_case(b"content-length") {
            let length = str::from_utf8(value).ok().and_then(|text| text.parse().ok()).ok_or_else(bad)?;
            return Ok(if length == 0 { Stage::Done } else { Stage::Fixed(length) });
        }
        if name.eq_ignore_ascii_case(b"transfer-encoding") && value.eq_ignore_ascii_case(b"chunked") {
            return Ok(Stage::Size);
        }
    }
    Err(bad())
}

fn hexadecimal(line: &[u8]) -> io::Result<u64> {
    let text = str::from_utf8(line).unwrap_or_default();
    u64::from_str_radix(text, 16).map_err(|_| io::Error::other(format!("`{text}` is no size of a piece")))
}

/// Counts the events in a body that comes in pieces.
struct EventCounter {
    finder: Finder<'static>,
    /// The last bytes of the body so far, in which an event may have begun.
    tail: Vec<u8>,
    found: usize,
}

impl EventCounter {
    fn feed(&mut self, piece: &[u8]) {
        // Across the cut: neither side of it is long enough to hold a whole event.
        self.tail.extend_from_slice(&piece[..piece.len().min(TAIL)]);
        self.found += self.finder.find_iter(&self.tail).count();
        self.found += self.finder.find_iter(piece).count();
        if piece.len() >= TAIL {
            self.tail.clear();
            self.tail.extend_from_slice(&piece[piece.len() - TAIL..]);
        } else {
            let surplus = self.tail.len().saturating_sub(TAIL);
            self.tail.drain(..surplus);
        }
    }
}
