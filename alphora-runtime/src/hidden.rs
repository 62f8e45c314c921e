//! What people and models write, in `Debug` and in errors: how much it is, and not what.

use std::fmt;

use serde_json::error::Category;

/// A text of which `Debug` shows the length alone.
pub(crate) struct Hidden<'a>(pub(crate) &'a str);

impl fmt::Debug for Hidden<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{} bytes]", self.0.len())
    }
}

/// What is wrong with JSON, without any of its words: what serde says of them is left out.
pub(crate) fn json_problem(error: &serde_json::Error) -> String {
    let said = error.to_string();
    let place = match (error.line(), error.column()) {
        (0, _) => String::new(),
        (line, column) => format!(" at line {line} column {column}"),
    };
    // These end with what the type says of itself, and begin with what was found instead.
    let kinds = ["invalid type", "invalid value", "invalid length", "unknown variant", "unknown field"];
    let problem = match kinds.into_iter().find(|kind| said.starts_with(kind)) {
        Some(kind) => {
            let expected = said.strip_suffix(&place).unwrap_or(&said).rsplit_once(", expected ");
            expected.map_or_else(|| kind.to_owned(), |(_, expected)| format!("{kind}, expected {expected}"))
        }
        None if said.starts_with("missing field `") => return said,
        None => match error.classify() {
            Category::Io => "cannot be read",
            Category::Syntax => "no JSON",
            Category::Data => "not in the form that its type expects",
            Category::Eof => "cut off",
        }
        .to_owned(),
    };
    problem + &place
}

#[cfg(test)]
mod tests {
    use super::{Hidden, json_problem};

    #[test]
    fn a_problem_of_json_repeats_nothing_of_it() {
        for (json, says) in [
            (r#""secret""#, "invalid type, expected u8 at line 1 column 8"),
            ("secret", "no JSON at line 1 column 1"),
            (r#""secret"#, "cut off at line 1 column 7"),
        ] {
            assert_eq!(json_problem(&serde_json::from_str::<u8>(json).unwrap_err()), says);
        }
    }

    #[test]
    fn only_the_length_is_shown() {
        assert_eq!(format!("{:?}", Some(Hidden("secret"))), "Some([6 bytes])");
    }
}
