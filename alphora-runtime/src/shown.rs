//! What somebody has written, in the error that says what is wrong with it.

/// As much of it as is shown: its first 64 characters, which are still to be escaped.
pub(crate) fn beginning(text: &str) -> &str {
    text.char_indices().nth(64).map_or(text, |(end, _)| &text[..end])
}

#[cfg(test)]
mod tests {
    use super::beginning;

    #[test]
    fn whole_characters_are_shown() {
        let (short, long) = ("漢".repeat(64), "漢".repeat(65));
        assert_eq!((beginning(""), beginning(&short), beginning(&long)), ("", &*short, &*short));
    }
}
