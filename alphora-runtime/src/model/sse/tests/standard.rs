//! What section 9.2 of the standard says, its own examples first.

use super::{parse, whole};
use crate::model::sse::SseError;

/// Bodies with the data of their events. Every one ends between events.
const DATA: &[(&str, &[u8], &[&str])] = &[
    ("lines of one event", b"data: YHOO\ndata: +2\ndata: 10\n\n", &["YHOO\n+2\n10"]),
    (
        "a comment, an id, and an id without a value",
        b": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n",
        &["first event", "second event", " third event"],
    ),
    ("fields without a value", b"data\n\ndata\ndata\n\n", &["", "\n"]),
    ("with the space and without", b"data:test\n\ndata: test\n\n", &["test", "test"]),
    ("only one space is taken", b"data:  two\n\n", &[" two"]),
    ("CR ends lines", b"data: a\rdata: b\r\rdata: c\r\r", &["a\nb", "c"]),
    ("CRLF ends lines", b"data: a\r\ndata: b\r\n\r\ndata: c\r\n\r\n", &["a\nb", "c"]),
    ("all ends mixed", b"data: a\ndata: b\r\n\rdata: c\n\r\ndata: d\r\n\n", &["a\nb", "c", "d"]),
    ("LF CR is two ends", b"data: a\n\rdata: b\n\n", &["a", "b"]),
    ("a mark at the start", b"\xEF\xBB\xBFdata: a\n\n", &["a"]),
    ("only one mark is taken", b"\xEF\xBB\xBF\xEF\xBB\xBFdata: a\n\ndata: b\n\n", &["b"]),
    ("a mark elsewhere is text", b"data: a\n\n\xEF\xBB\xBFdata: b\n\n", &["a"]),
    ("a mark in a value", b"data: \xEF\xBB\xBFa\n\n", &["\u{FEFF}a"]),
    ("a mark and a blank line", b"\xEF\xBB\xBF\ndata: a\n\n", &["a"]),
    ("half a mark belongs to its line", b"\xEF\xBBdata: a\n\ndata: b\n\n", &["b"]),
    ("no data, no event", b"event: ping\nid: 7\nretry: 10\n\n\n\n", &[]),
    ("other fields", b"Data: a\ndatum: b\n data: c\ndata : d\nx\ndata: e\n\n", &["e"]),
    ("a colon in the value", b"data:a:b\n\ndata::\n\n", &["a:b", ":"]),
    ("comments within an event", b":\ndata: a\n: data: b\n:data: c\ndata: d\n\n", &["a\nd"]),
    ("NUL", b"data: a\0b\nid: \0\n\n\0\n\n", &["a\0b"]),
    ("no UTF-8", b"data: \xFFa\xE2\x82\n\ndata: \xF0\x9F\x98\n\n", &["\u{FFFD}a\u{FFFD}", "\u{FFFD}"]),
    (
        "every cut of a character is one replacement",
        b"data: \xE2\xE2\x82\x41\xC0\xAF\n\n",
        &["\u{FFFD}\u{FFFD}A\u{FFFD}\u{FFFD}"],
    ),
    (
        "what models send",
        b": OPENROUTER PROCESSING\n\ndata: {\"a\":1}\n\ndata: [DONE]\n\n",
        &["{\"a\":1}", "[DONE]"],
    ),
];

#[test]
fn the_data_is_what_the_standard_says() {
    for (what, body, data) in DATA {
        let outcome = whole(body);
        let found: Vec<&str> = outcome.events.iter().map(|(_, data)| data.as_str()).collect();
        assert_eq!(&found, data, "{what}");
        assert_eq!(outcome.end, Ok(()), "{what}");
        assert_eq!(parse(usize::MAX, body.chunks(1)), outcome, "{what}, byte by byte");
    }
}

#[test]
fn the_name_is_the_last_one_and_stays_with_its_event() {
    let body =
        b"event: a\ndata: 1\nevent:b\n\ndata: 2\n\nevent: c\n\ndata: 3\n\nevent: d\nevent\ndata: 4\n\n";
    let named = |name: Option<&str>, data: &str| (name.map(str::to_owned), data.to_owned());
    let expected = [named(Some("b"), "1"), named(None, "2"), named(None, "3"), named(None, "4")];
    assert_eq!(whole(body).events, expected);
}

#[test]
fn an_event_without_its_blank_line_is_discarded_and_told() {
    for body in
        ["data: a", "data: a\n", "data: a\r\n", "da", "event: a\n", "data: 1\n\ndata: a\n", "\u{FEFF}x"]
    {
        assert_eq!(whole(body.as_bytes()).end, Err(SseError::Unfinished), "{body:?}");
    }
    for body in
        ["", "\n", "\r", "data: a\n\n", "data: a\r\n\r", ": ping", "id: 1\n", "\u{FEFF}", "\u{FEFF}: a"]
    {
        assert_eq!(whole(body.as_bytes()).end, Ok(()), "{body:?}");
    }
}

#[test]
fn an_event_is_given_at_the_first_byte_that_completes_it() {
    assert_eq!(parse(usize::MAX, [&b"data: a\r\n\r"[..]]).events.len(), 1);
    assert_eq!(parse(usize::MAX, [&b"data: a\r\n\r"[..], b"\ndata: b\n", b"\n"]).events.len(), 2);
}
