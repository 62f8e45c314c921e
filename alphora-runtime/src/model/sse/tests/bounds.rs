//! What a body can make the parser hold, and how long it can keep it busy.

use bytes::Bytes;

use super::parse;
use crate::model::sse::{MOST_EVENT_BYTES, Parser, SseError};

const LIMIT: usize = 1_000;

#[test]
fn an_event_may_be_as_large_as_the_limit_and_no_larger() {
    let event = |length: usize| format!("data: {}\n\n", "x".repeat(length - "data: ".len()));
    for pieces in [1, 7, usize::MAX] {
        let fits = parse(LIMIT, event(LIMIT).as_bytes().chunks(pieces));
        assert_eq!((fits.events.len(), fits.end), (1, Ok(())));
        let exceeds = parse(LIMIT, event(LIMIT + 1).as_bytes().chunks(pieces));
        assert_eq!((exceeds.events.len(), exceeds.end), (0, Err(SseError::TooLarge { limit: LIMIT })));
    }
}

#[test]
fn everything_that_an_event_holds_is_counted() {
    let many = |line: &str| format!("data: first\n\n{}", line.repeat(LIMIT + 1));
    let bodies = [many("data: x\n"), many("data\n"), many(":"), many("x"), many("event"), {
        format!("data: first\n\nevent: {}\ndata: {}\n\n", "n".repeat(LIMIT / 2), "x".repeat(LIMIT / 2))
    }];
    for body in bodies {
        let outcome = parse(LIMIT, body.as_bytes().chunks(3));
        assert_eq!(outcome.events.len(), 1, "{body}");
        assert_eq!(outcome.end, Err(SseError::TooLarge { limit: LIMIT }), "{body}");
    }
    // What has been ended and holds nothing is not counted, however much of it there is.
    let outcome = parse(LIMIT, many(": ping\nid: 1\nevent: x\n\n\r\n").as_bytes().chunks(3));
    assert_eq!((outcome.events.len(), outcome.end), (1, Ok(())));
}

#[test]
fn memory_stays_below_twice_the_limit_and_is_given_back_after_an_error() {
    let mut parser = Parser::new(LIMIT);
    let body = "data: xxxx\nevent: yy\n: zz\n".repeat(LIMIT);
    let failed = body.as_bytes().chunks(7).any(|piece| {
        let failed = parser.next(&mut Bytes::copy_from_slice(piece)).is_some();
        assert!(parser.capacity() <= 2 * LIMIT, "{} bytes", parser.capacity());
        failed
    });
    assert!(failed);
    let mut piece = Bytes::from_static(b"\n\ndata: x\n\n");
    assert_eq!(parser.next(&mut piece), None, "an error is the last word");
    assert_eq!((piece.len(), parser.capacity(), parser.finish()), (0, 0, Ok(())));
}

#[test]
fn a_data_line_that_lies_in_one_piece_is_not_copied() {
    let mut parser = Parser::new(MOST_EVENT_BYTES);
    let body = Bytes::from(format!("\u{FEFF}id: 1\ndata: {}\nid: 2\n\n", "x".repeat(5_000)));
    let mut piece = body.clone();
    let event = parser.next(&mut piece).unwrap().unwrap();
    assert!(body.as_ptr_range().contains(&event.data.as_ptr()));
    assert_eq!(parser.capacity(), 0);
}

/// A parser that looked at its bytes again with every piece would take hours for this.
#[test]
fn a_long_event_in_single_bytes_is_read_once() {
    let body = format!("data: {}\n\n", "x".repeat(MOST_EVENT_BYTES / 2));
    let outcome = parse(MOST_EVENT_BYTES, body.as_bytes().chunks(1));
    assert_eq!(outcome.events.len(), 1);
    let lines = format!("{}\n", "data: x\n".repeat(MOST_EVENT_BYTES / 16));
    assert_eq!(parse(MOST_EVENT_BYTES, lines.as_bytes().chunks(1)).events.len(), 1);
}
