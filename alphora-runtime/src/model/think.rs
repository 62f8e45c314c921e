//! Parts the reasoning that some models write before their answer from the answer.

use std::mem;

/// The tags that open reasoning, and what closes it then.
const TAGS: &[(&str, &str)] = &[("<think>", "</think>"), ("<thinking>", "</thinking>")];

/// The length of the longest opening tag.
const LONGEST_TAG: usize = "<thinking>".len();

/// The most white space before an opening tag, in bytes. It is held back, so there has to be an end to it.
const MOST_WHITE_SPACE: usize = 8;

/// Where reasoning may stand in a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ThinkTags {
    /// Nowhere: tags are text.
    Ignored,
    /// Between an opening tag at the beginning and its closing tag.
    Looked,
    /// From the beginning to `</think>`: the opening tag stands at the end of the prompt.
    Begun,
}

/// A piece of what a model writes. It is never empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// Reasoning.
    Thinking(&'a str),
    /// The answer.
    Text(&'a str),
}

/// Parts `<think>…</think>` at the beginning of a reply from the answer, whatever pieces the reply comes in;
/// `<thinking>` too.
///
/// A tag counts only where nothing but white space stands before it, so that an answer about tags stays as it is.
/// Reasoning that is not closed goes on to the end of the reply. White space before the opening tag (at most
/// 8 bytes of it, more makes it an answer), after it and after the closing tag is dropped.
///
/// Only what may become a tag is held back, at most 17 bytes; everything else is passed on at once.
#[derive(Debug)]
pub(crate) struct ThinkSplitter(State);

#[derive(Debug)]
enum State {
    /// White space and the beginning of an opening tag, so far.
    Start { held: String },
    /// After the opening tag and before anything but white space.
    Opened { close: &'static str },
    /// In the reasoning. The first `matched` bytes of the closing tag are held back.
    Thinking { close: &'static str, matched: usize },
    /// After the closing tag and before anything but white space.
    Closed,
    /// In the answer.
    Text,
}

/// What the beginning of a reply is.
enum Beginning {
    /// Reasoning, which begins at byte `end` and which `close` closes.
    Tag { end: usize, close: &'static str },
    /// An answer.
    Text,
    /// Too short to tell.
    Unknown,
}

impl ThinkSplitter {
    /// A splitter for one reply.
    pub(crate) fn new(tags: ThinkTags) -> Self {
        Self(match tags {
            ThinkTags::Ignored => State::Text,
            ThinkTags::Looked => State::Start { held: String::new() },
            ThinkTags::Begun => State::Opened { close: "</think>" },
        })
    }

    /// Takes the next piece of the reply, and gives `out` what is known of it.
    pub(crate) fn push(&mut self, piece: &str, out: &mut impl FnMut(Piece<'_>)) {
        let mut rest = piece;
        // Each step takes something, or leaves its state behind; there is no way back to an earlier one.
        while !rest.is_empty() {
            rest = match &mut self.0 {
                State::Start { .. } => self.start(rest, out),
                State::Opened { close } => {
                    let (close, rest) = (*close, skip_white_space(rest));
                    if !rest.is_empty() {
                        self.0 = State::Thinking { close, matched: 0 };
                    }
                    rest
                }
                State::Thinking { close, matched } => {
                    let (closed, rest) = think(close, matched, rest, out);
                    if closed {
                        self.0 = State::Closed;
                    }
                    rest
                }
                State::Closed => {
                    let rest = skip_white_space(rest);
                    if !rest.is_empty() {
                        self.0 = State::Text;
                    }
                    rest
                }
                State::Text => {
                    out(Piece::Text(rest));
                    ""
                }
            }
        }
    }

    /// The reply has ended: gives `out` what was held back, which is no tag now.
    pub(crate) fn finish(self, out: &mut impl FnMut(Piece<'_>)) {
        match self.0 {
            State::Start { held } if !held.is_empty() => out(Piece::Text(&held)),
            State::Thinking { close, matched } if matched > 0 => out(Piece::Thinking(&close[..matched])),
            _ => {}
        }
    }

    /// Looks for an opening tag, and gives what is left of the piece.
    fn start<'a>(&mut self, piece: &'a str, out: &mut impl FnMut(Piece<'_>)) -> &'a str {
        let State::Start { held } = &mut self.0 else { return piece };
        let before = held.len();
        // This much is enough to tell, so a long piece is not copied.
        let enough = (MOST_WHITE_SPACE + LONGEST_TAG).saturating_sub(before);
        held.push_str(&piece[..piece.ceil_char_boundary(enough)]);
        match beginning(held) {
            Beginning::Tag { end, close } => {
                self.0 = State::Opened { close };
                &piece[end - before..]
            }
            Beginning::Text => {
                let held = mem::take(held);
                self.0 = State::Text;
                if before > 0 {
                    out(Piece::Text(&held[..before]));
                }
                piece
            }
            Beginning::Unknown => "",
        }
    }
}

fn beginning(text: &str) -> Beginning {
    let tag = skip_white_space(text);
    let white_space = text.len() - tag.len();
    if white_space > MOST_WHITE_SPACE {
        return Beginning::Text;
    }
    for (open, close) in TAGS {
        if tag.starts_with(open) {
            return Beginning::Tag { end: white_space + open.len(), close };
        }
    }
    if TAGS.iter().any(|(open, _)| open.starts_with(tag)) { Beginning::Unknown } else { Beginning::Text }
}

/// Gives `out` the reasoning in `piece`; says whether it was closed, and what is left of the piece.
fn think<'a>(
    close: &str,
    matched: &mut usize,
    piece: &'a str,
    out: &mut impl FnMut(Piece<'_>),
) -> (bool, &'a str) {
    if *matched > 0 {
        let missing = &close[*matched..];
        if let Some(rest) = piece.strip_prefix(missing) {
            return (true, rest);
        }
        if missing.starts_with(piece) {
            *matched += piece.len();
            return (false, "");
        }
        // A tag has no second `<`, so none can begin within what was held back.
        out(Piece::Thinking(&close[..mem::take(matched)]));
    }
    let end = piece.find(close);
    let begun = || piece.rfind('<').filter(|at| close.starts_with(&piece[*at..]));
    let thinking = &piece[..end.or_else(begun).unwrap_or(piece.len())];
    if !thinking.is_empty() {
        out(Piece::Thinking(thinking));
    }
    if let Some(end) = end {
        return (true, &piece[end + close.len()..]);
    }
    *matched = piece.len() - thinking.len();
    (false, "")
}

fn skip_white_space(text: &str) -> &str {
    text.trim_start_matches(|character: char| character.is_ascii_whitespace())
}

#[cfg(test)]
mod tests;
