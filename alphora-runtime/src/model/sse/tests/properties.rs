//! Any split of any body gives the same events, and another parser gives them too.

use proptest::prelude::*;

use super::oracle::oracle;
use super::{parse, whole};

/// The bytes of which bodies are made: what means something, and what is no UTF-8.
const WORDS: &[&[u8]] = &[
    b"data",
    b"data:",
    b"data: ",
    b"event: ",
    b"event",
    b"id: 1",
    b"retry: 5",
    b": c",
    b":",
    b" ",
    b"\n",
    b"\n",
    b"\n\n",
    b"\r",
    b"\r\n",
    b"\r\n\r\n",
    b"x",
    b"\0",
    b"\xEF\xBB\xBF",
    b"\xEF",
    b"\xBB",
    b"\xE2\x82",
    b"\xAC",
    b"\xFF",
    "漢字".as_bytes(),
    "😀".as_bytes(),
    b"{\"choices\":[]}",
    b"[DONE]",
];

fn any_body() -> impl Strategy<Value = Vec<u8>> {
    let words = prop::collection::vec(prop::sample::select(WORDS), 0..40).prop_map(|words| words.concat());
    prop_oneof![4 => words, 1 => prop::collection::vec(any::<u8>(), 0..200)]
}

/// A body with the lengths of the pieces that it is cut into, again and again.
fn any_split() -> impl Strategy<Value = (Vec<u8>, Vec<usize>)> {
    (any_body(), prop::collection::vec(0_usize..9, 1..12))
}

/// Cuts a body. A piece may be empty, as a body's pieces may.
fn pieces<'a>(mut body: &'a [u8], lengths: &'a [usize]) -> Vec<&'a [u8]> {
    let mut pieces = Vec::new();
    for length in lengths.iter().cycle().take(4 * body.len()) {
        let (piece, rest) = body.split_at(body.len().min(*length));
        pieces.push(piece);
        body = rest;
    }
    pieces.push(body);
    pieces
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_split_of_any_bytes_is_the_whole((body, lengths) in any_split()) {
        prop_assert_eq!(parse(usize::MAX, pieces(&body, &lengths)), whole(&body));
    }

    #[test]
    fn the_limit_is_met_at_the_same_place((body, lengths) in any_split(), limit in 0_usize..60) {
        let limited = parse(limit, pieces(&body, &lengths));
        prop_assert_eq!(&limited, &parse(limit, [&body[..]]));
        prop_assert!(whole(&body).events.starts_with(&limited.events));
    }

    #[test]
    fn another_parser_gives_the_same_events(body in any_body()) {
        prop_assert_eq!(whole(&body).events, oracle(&body));
    }
}
