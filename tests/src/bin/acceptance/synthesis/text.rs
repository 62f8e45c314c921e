//! What a text offers for values: numbers, and what stands in single quotes.

use serde_json::Number;

/// What stands between single quotes, in order. A quote inside a word is an apostrophe, and an empty span none.
pub(crate) fn quoted_spans(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    let mut before = None;
    std::iter::from_fn(move || {
        loop {
            let (head, tail) = rest.split_once('\'')?;
            let opens = !head.chars().next_back().or(before).is_some_and(char::is_alphanumeric);
            (rest, before) = (tail, Some('\''));
            if opens {
                let (span, tail) = rest.split_once('\'')?;
                rest = tail;
                if !span.is_empty() {
                    return Some(span);
                }
            }
        }
    })
}

/// The first number in `text`.
pub(super) fn first_number(text: &str) -> Option<Number> {
    let digits = text.find(|c: char| c.is_ascii_digit())?;
    let (before, rest) = text.split_at(digits);
    let sign = if before.ends_with('-') { "-" } else { "" };
    let length = |text: &str| text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (whole, rest) = rest.split_at(length(rest));
    let fraction = rest.strip_prefix('.').map_or("", |rest| rest.split_at(length(rest)).0);
    let literal =
        if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") };
    // Leading zeros are no JSON; what is then left of them is.
    literal.parse().ok().or_else(|| literal.parse::<i64>().ok().map(Number::from))
}

#[cfg(test)]
mod tests {
    use super::{first_number, quoted_spans};

    #[test]
    fn spans_are_in_order_and_apostrophes_are_none() {
        let spans: Vec<_> = quoted_spans("what's 'a b' and 'c', ''?").collect();
        assert_eq!(spans, ["a b", "c"]);
        assert_eq!(quoted_spans("an 'open one").count(), 0);
    }

    #[test]
    fn the_first_number_counts() {
        for (text, expected) in
            [("f(3)", "3"), ("500000 people", "500000"), ("-5.", "-5"), ("at 2.50 or 3", "2.5"), ("007", "7")]
        {
            assert_eq!(first_number(text).unwrap().to_string(), expected, "{text}");
        }
        assert!(first_number("none").is_none());
    }
}
