//! The parser of server-sent events against a plain copy of the same bytes.

use std::hint::black_box;
use std::time::Instant;

use bytes::Bytes;

use crate::sse::{MOST_EVENT_BYTES, Parser};
use crate::table::{Table, median};

const BYTES: usize = 2_000_000;

pub(crate) fn measure(quick: bool, table: &mut Table) {
    let rounds = if quick { 5 } else { 31 };
    let line = Bytes::from(format!("data: {}\n\n", "x".repeat(BYTES)));
    let whole = median(rounds, || parsed(&line, line.len()) / copied(&line, line.len()));
    table.at_most("2 MB in one line, against a copy", whole, 10.0);
    let kibibytes = median(rounds, || parsed(&line, 1024) / copied(&line, 1024));
    table.at_most("2 MB in one line in pieces of 1 KiB, against appending them", kibibytes, 10.0);
    let words = Bytes::from(format!("data: {}\n\n", "a漢 é ".repeat(BYTES / 8)));
    let mixed = median(rounds, || parsed(&words, 8192) / copied(&words, 8192));
    table.shown("the same of several alphabets in pieces of 8 KiB: UTF-8 is checked", format!("{mixed:.2}"));
    let bytes = median(rounds, || parsed(&line, 1) / copied(&line, 1));
    table.at_most("2 MB in pieces of one byte, against appending them", bytes, 10.0);
    let chunk =
        format!("data: {{\"choices\":[{{\"delta\":{{\"content\":\"{}\"}}}}]}}\n\n", "word ".repeat(2));
    let chunks = Bytes::from(chunk.repeat(BYTES / chunk.len()));
    let many = median(rounds, || parsed(&chunks, 1024) / copied(&chunks, 1024));
    table.shown("2 MB of small events in pieces of 1 KiB, against appending them", format!("{many:.2}"));
}

/// Seconds to parse `bytes` in pieces of `size`.
fn parsed(bytes: &Bytes, size: usize) -> f64 {
    let begun = Instant::now();
    let mut parser = Parser::new(MOST_EVENT_BYTES);
    let mut data = 0;
    for at in (0..bytes.len()).step_by(size) {
        let mut piece = black_box(bytes.slice(at..(at + size).min(bytes.len())));
        while let Some(event) = parser.next(&mut piece) {
            data += event.expect("within the limit").data.len();
        }
    }
    assert!(black_box(data) > BYTES / 2);
    begun.elapsed().as_secs_f64()
}

/// Seconds to append the same pieces to a `Vec`.
fn copied(bytes: &Bytes, size: usize) -> f64 {
    let begun = Instant::now();
    let mut copy = Vec::new();
    for at in (0..bytes.len()).step_by(size) {
        let piece = black_box(bytes.slice(at..(at + size).min(bytes.len())));
        copy.extend_from_slice(&piece);
    }
    assert_eq!(black_box(&copy).len(), bytes.len());
    begun.elapsed().as_secs_f64()
}
