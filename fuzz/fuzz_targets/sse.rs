//! The parser of server-sent events under any bytes: how a body is cut changes nothing, another parser reads the
//! same events, and no event exceeds its limit.

#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;

// The runtime publishes nothing of its parser, so the target compiles the parser's source.
#[expect(dead_code, unused_imports, reason = "the runtime uses the rest")]
#[path = "../../alphora-runtime/src/model/sse/mod.rs"]
mod sse;

#[path = "../../alphora-runtime/src/model/sse/tests/oracle.rs"]
mod oracle;

use oracle::oracle;
use sse::{Parser, SseError};

type Told = (Option<String>, String);

/// All that a parser says about a body, and at which byte of it each event ended.
#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    events: Vec<(Told, usize)>,
    end: Result<(), SseError>,
}

fuzz_target!(|input: &[u8]| {
    let [first, second, limit, body @ ..] = input else { return };
    let (first, second, limit) = (usize::from(*first), usize::from(*second), usize::from(*limit));

    let whole = parse(usize::MAX, [body]);
    assert_eq!(parse(usize::MAX, body.chunks(1)), whole, "byte by byte");
    assert_eq!(parse(usize::MAX, pieces(body, first, second)), whole, "in pieces");
    let told: Vec<&Told> = whole.events.iter().map(|(told, _)| told).collect();
    assert_eq!(told, oracle(body).iter().collect::<Vec<_>>(), "as the other parser");

    let limited = parse(limit, [body]);
    assert_eq!(parse(limit, pieces(body, first, second)), limited, "in pieces, with a limit");
    assert!(whole.events.starts_with(&limited.events), "a limit changes nothing before it is met");
    for ((name, data), _) in &limited.events {
        let held = name.as_deref().map_or(0, least_bytes) + least_bytes(data);
        assert!(held <= limit, "an event of {held} bytes with a limit of {limit}");
    }
    if limited.end == Err(SseError::TooLarge { limit }) {
        let from = limited.events.last().map_or(0, |(_, end)| *end);
        assert!(body.len() - from > limit, "refused an event of at most {} bytes", body.len() - from);
    } else {
        assert_eq!(limited, whole);
    }
});

fn parse<'a>(limit: usize, pieces: impl IntoIterator<Item = &'a [u8]>) -> Outcome {
    let mut parser = Parser::new(limit);
    let mut events = Vec::new();
    let mut read = 0;
    for piece in pieces {
        read += piece.len();
        let mut piece = Bytes::copy_from_slice(piece);
        while let Some(event) = parser.next(&mut piece) {
            match event {
                Ok(event) => {
                    let told = (event.name.map(Into::into), event.data.into());
                    events.push((told, read - piece.len()));
                }
                Err(error) => {
                    assert!(piece.is_empty());
                    assert_eq!(parser.next(&mut Bytes::from_static(b"\ndata: a\n\n")), None);
                    return Outcome { events, end: Err(error) };
                }
            }
        }
        assert!(piece.is_empty());
    }
    Outcome { events, end: parser.finish() }
}

/// How many bytes a text has come from at least: a replacement may stand for a single one.
fn least_bytes(text: &str) -> usize {
    text.chars().map(|letter| if letter == char::REPLACEMENT_CHARACTER { 1 } else { letter.len_utf8() }).sum()
}

/// Cuts a body into pieces of two lengths by turns. A length may be 0.
fn pieces(mut body: &[u8], first: usize, second: usize) -> Vec<&[u8]> {
    let mut pieces = Vec::new();
    for length in [first, second].into_iter().cycle().take(2 * body.len()) {
        let (piece, rest) = body.split_at(body.len().min(length));
        pieces.push(piece);
        body = rest;
    }
    pieces.push(body);
    pieces
}
