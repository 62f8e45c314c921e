//! Whether JSON text that comes in pieces is complete, without keeping it.

/// How deep in a JSON object or list the text is that has come so far. Each byte is looked at once.
#[derive(Debug, Default)]
pub(super) struct Nesting {
    depth: usize,
    in_string: bool,
    /// The last byte was a backslash in a string.
    escaped: bool,
    /// A brace or a bracket has come.
    begun: bool,
}

impl Nesting {
    pub(super) fn push(&mut self, piece: &str) {
        for byte in piece.bytes() {
            if self.escaped {
                self.escaped = false;
            } else if self.in_string {
                self.escaped = byte == b'\\';
                self.in_string = byte != b'"';
            } else {
                match byte {
                    b'"' => self.in_string = true,
                    b'{' | b'[' => (self.depth, self.begun) = (self.depth + 1, true),
                    b'}' | b']' => self.depth = self.depth.saturating_sub(1),
                    _ => {}
                }
            }
        }
    }

    /// Whether all that was opened is closed.
    pub(super) fn is_complete(&self) -> bool {
        self.begun && self.depth == 0 && !self.in_string
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_complete_at_its_last_byte_and_not_before() {
        for text in ["{}", "[]", r#"{"a":["}",{"b\\":"\"}"}]}"#, r#" {"a":"\\"}"#] {
            let mut nesting = Nesting::default();
            for (at, character) in text.char_indices() {
                assert!(!nesting.is_complete(), "{}", &text[..at]);
                nesting.push(character.encode_utf8(&mut [0; 4]));
            }
            assert!(nesting.is_complete(), "{text}");
        }
        assert!(!Nesting::default().is_complete());
    }
}
