//! JSON strings, written straight into the buffer.

use bytes::BytesMut;

use crate::digits::append_number;
use crate::wire::Usage;

/// What stands for a byte inside a JSON string: 0 for itself, `u` for `\u00XX`, else the letter
/// after the backslash.
const ESCAPES: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 0x20 {
        table[byte] = b'u';
        byte += 1;
    }
    table[b'\n' as usize] = b'n';
    table[b'\r' as usize] = b'r';
    table[b'\t' as usize] = b't';
    table[0x08] = b'b';
    table[0x0c] = b'f';
    table[b'"' as usize] = b'"';
    table[b'\\' as usize] = b'\\';
    table
};

/// Appends `text` as the inside of a JSON string. What needs no escape is copied in runs.
pub(super) fn escape_into(buffer: &mut BytesMut, text: &str) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let bytes = text.as_bytes();
    let mut copied = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        let escape = ESCAPES[usize::from(byte)];
        if escape == 0 {
            continue;
        }
        buffer.extend_from_slice(&bytes[copied..at]);
        copied = at + 1;
        if escape == b'u' {
            let digits = [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]];
            buffer.extend_from_slice(b"\\u00");
            buffer.extend_from_slice(&digits);
        } else {
            buffer.extend_from_slice(&[b'\\', escape]);
        }
    }
    buffer.extend_from_slice(&bytes[copied..]);
}

/// Appends plain data whose serialisation cannot fail: numbers, strings and structs of them.
pub(super) fn append_json(buffer: &mut BytesMut, value: &impl serde::Serialize) {
    let mut bytes = Vec::with_capacity(128);
    if serde_json::to_writer(&mut bytes, value).is_ok() {
        buffer.extend_from_slice(&bytes);
    }
}

/// The usage of an agent that reports none.
const UNKNOWN_USAGE: &[u8] = b"{\"prompt_tokens\":0,\"completion_tokens\":0,\"total_tokens\":0,\"completion_tokens_details\":{\"reasoning_tokens\":0}}";

/// Appends OpenAI's `usage` object, which every response has.
pub(super) fn append_usage(buffer: &mut BytesMut, usage: &Usage) {
    if *usage == Usage::default() {
        buffer.extend_from_slice(UNKNOWN_USAGE);
        return;
    }
    for (key, number) in [
        ("{\"prompt_tokens\":", usage.prompt_tokens),
        (",\"completion_tokens\":", usage.completion_tokens),
        (",\"total_tokens\":", usage.total_tokens),
        (
            ",\"completion_tokens_details\":{\"reasoning_tokens\":",
            usage.completion_tokens_details.reasoning_tokens,
        ),
    ] {
        buffer.extend_from_slice(key.as_bytes());
        append_number(buffer, number);
    }
    buffer.extend_from_slice(b"}}");
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn escaped(text: &str) -> String {
        let mut buffer = BytesMut::new();
        escape_into(&mut buffer, text);
        String::from_utf8(buffer.into()).unwrap()
    }

    proptest! {
        #[test]
        fn reads_back_as_it_was(text in "\\PC*|[\\x00-\\x7f]*") {
            let quoted = format!("\"{}\"", escaped(&text));
            prop_assert_eq!(serde_json::from_str::<String>(&quoted).unwrap(), text);
            prop_assert!(!quoted.contains(['\n', '\r']));
        }
    }

    #[test]
    fn numbers_and_usage_match_the_library() {
        for number in [0, 7, 10, 1_234_567_890, u64::MAX] {
            let mut buffer = BytesMut::new();
            append_number(&mut buffer, number);
            assert_eq!(buffer, number.to_string().as_bytes());
        }
        for usage in [Usage::new(7, 5).with_reasoning_tokens(2), Usage::default()] {
            let mut buffer = BytesMut::new();
            append_usage(&mut buffer, &usage);
            assert_eq!(buffer, serde_json::to_vec(&usage).unwrap());
        }
    }

    #[test]
    fn matches_the_library_byte_for_byte() {
        let all: String = (0..=0x7f_u8).map(char::from).chain("é你😀\u{2028}".chars()).collect();
        let mut library = serde_json::to_string(&all).unwrap();
        // serde_json leaves DEL as it is and so do we; both write lower-case digits.
        library.pop();
        assert_eq!(escaped(&all), library[1..]);
    }
}
