//! The parser: it takes bytes from a body's pieces and gives the events that they complete.

use std::mem;

use bytes::{Buf, Bytes};
use memchr::memchr2;

use super::line::{Line, mark_of};
use super::{Event, SseError};

/// The most bytes that an event may hold, unless the caller says otherwise: 4 MiB.
///
/// An event of a model is a few hundred bytes. The longest honest ones come from servers that stream in name only
/// and send a whole answer at once: a million tokens of text, or an image in base64, are about as long as this. And
/// it is little enough that a hundred servers that never end a line do not take the memory of this process.
pub(crate) const MOST_EVENT_BYTES: usize = 4 * 1024 * 1024;

/// Parses a body of server-sent events (WHATWG HTML, section 9.2), whatever pieces it comes in.
///
/// It holds nothing but the event that has begun. An event whose one data line lies whole in one piece is not copied
/// (it keeps that piece alive until the next event is asked for), and no byte is looked at for a line's end twice.
///
/// What is counted towards the limit is what came: the name and the data so far, with a byte for the end of each
/// line, and the line under way, be it a field or a comment. A longer event is an error, and so is a longer comment.
/// The memory behind it may be twice as large, because buffers grow by doubling.
#[derive(Debug)]
pub(crate) struct Parser {
    limit: usize,
    /// The data, while it is one line that lay whole in one piece.
    lent: Option<Bytes>,
    /// Otherwise the data, with a line feed after each line; and after that the line that has begun.
    held: Vec<u8>,
    /// Where in `held` the line that has begun begins.
    line: usize,
    name: Vec<u8>,
    /// Whether the body's first line has not ended yet; only there a byte order mark is one.
    in_first_line: bool,
    /// Whether the last line ended with a CR, so that an LF now belongs to it.
    after_carriage_return: bool,
    stage: Stage,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Between events or in one.
    Reading,
    /// An event was given, and may still be looked at.
    Given,
    /// There was an error, and nothing will follow.
    Failed,
}

impl Parser {
    /// A parser of one body, which accepts events of at most `limit` bytes.
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            limit,
            lent: None,
            held: Vec::new(),
            line: 0,
            name: Vec::new(),
            in_first_line: true,
            after_carriage_return: false,
            stage: Stage::Reading,
        }
    }

    /// Takes bytes from the front of `piece`, up to the end of the next event, and gives that event.
    ///
    /// `None` says that `piece` is used up: it is time for the body's next one.
    ///
    /// # Errors
    /// [`SseError::TooLarge`], once: after it everything that comes is dropped, and `None` is all that follows.
    pub(crate) fn next(&mut self, piece: &mut Bytes) -> Option<Result<Event<'_>, SseError>> {
        match self.stage {
            Stage::Reading => {}
            Stage::Given => self.forget_event(),
            Stage::Failed => piece.clear(),
        }
        match self.read(piece)? {
            Ok(()) => {
                self.stage = Stage::Given;
                Some(Ok(Event::new(&self.name, self.data())))
            }
            Err(error) => {
                *self = Self { stage: Stage::Failed, ..Self::new(self.limit) };
                piece.clear();
                Some(Err(error))
            }
        }
    }

    /// The body has ended, and `next` has said `None` to its last piece.
    ///
    /// # Errors
    /// [`SseError::Unfinished`] if it ended in an event. The standard has such an event discarded, however much of
    /// it there is, because nobody can know that its data is complete. A parser that has failed has said so before.
    pub(crate) fn finish(self) -> Result<(), SseError> {
        let line = &self.held[self.line..];
        let line = if self.in_first_line { &line[mark_of(line)..] } else { line };
        let in_line = !line.is_empty() && !line.starts_with(b":");
        let in_event = self.has_data() || !self.name.is_empty() || in_line;
        if self.stage == Stage::Reading && in_event { Err(SseError::Unfinished) } else { Ok(()) }
    }

    /// Reads up to the end of the next event that has data. `None`: the piece is used up.
    fn read(&mut self, piece: &mut Bytes) -> Option<Result<(), SseError>> {
        while !piece.is_empty() {
            if mem::take(&mut self.after_carriage_return) && piece[0] == b'\n' {
                piece.advance(1);
                continue;
            }
            let end = memchr2(b'\n', b'\r', piece);
            let length = end.unwrap_or(piece.len());
            if !self.has_room_for(length) {
                return Some(Err(SseError::TooLarge { limit: self.limit }));
            }
            let Some(end) = end else {
                self.begin_line(piece);
                piece.clear();
                return None;
            };
            self.after_carriage_return = piece[end] == b'\r';
            let is_blank = self.end_line(piece, end);
            piece.advance(end + 1);
            if is_blank {
                if self.has_data() {
                    return Some(Ok(()));
                }
                // A name without data is no event, nor is it the name of the next one.
                self.name.clear();
            }
        }
        None
    }

    /// Keeps the beginning of a line, or more of it.
    fn begin_line(&mut self, bytes: &[u8]) {
        self.hold_lent();
        self.held.extend_from_slice(bytes);
    }

    /// Does what a line says that ends at `end` of `piece`, and says whether the line is blank.
    fn end_line(&mut self, piece: &Bytes, end: usize) -> bool {
        let is_whole = self.held.len() == self.line;
        if !is_whole {
            self.held.extend_from_slice(&piece[..end]);
        }
        let line = if is_whole { &piece[..end] } else { &self.held[self.line..] };
        let mark = if mem::take(&mut self.in_first_line) { mark_of(line) } else { 0 };
        match Line::read(&line[mark..]) {
            Line::Data(value) if is_whole && !self.has_data() => {
                self.lent = Some(piece.slice(mark + value..end));
            }
            Line::Data(value) if is_whole => {
                self.hold_lent();
                self.held.extend_from_slice(&piece[mark + value..end]);
                self.end_data_line();
            }
            Line::Data(value) => {
                self.held.drain(self.line..self.line + mark + value);
                self.end_data_line();
            }
            Line::Name(value) => {
                self.name.clear();
                self.name.extend_from_slice(&line[mark + value..]);
                self.held.truncate(self.line);
            }
            Line::Ignored => self.held.truncate(self.line),
            Line::Blank => {
                self.held.truncate(self.line);
                return true;
            }
        }
        false
    }

    /// Copies what was lent, because more is to stand behind it.
    fn hold_lent(&mut self) {
        if let Some(line) = self.lent.take() {
            self.held.extend_from_slice(&line);
            self.end_data_line();
        }
    }

    fn end_data_line(&mut self) {
        self.held.push(b'\n');
        self.line = self.held.len();
    }

    fn has_data(&self) -> bool {
        self.lent.is_some() || self.line > 0
    }

    fn data(&self) -> &[u8] {
        match &self.lent {
            Some(line) => line,
            None => &self.held[..self.line.saturating_sub(1)],
        }
    }

    fn has_room_for(&self, bytes: usize) -> bool {
        let lent = self.lent.as_ref().map_or(0, |line| line.len() + 1);
        self.name.len() + lent + self.held.len() + bytes <= self.limit
    }

    fn forget_event(&mut self) {
        self.lent = None;
        self.held.clear();
        self.line = 0;
        self.name.clear();
        self.stage = Stage::Reading;
    }

    /// How much memory it holds, beside what was lent to it.
    #[cfg(test)]
    pub(super) fn capacity(&self) -> usize {
        self.held.capacity() + self.name.capacity()
    }
}
