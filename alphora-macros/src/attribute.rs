//! What stands above an item besides ours: conditions, and the documentation that a model reads too.

use syn::{Attribute, Expr, Lit, Meta};

use crate::value::ungrouped;

/// The `#[cfg(..)]` attributes, which an attribute macro sees before they are applied.
pub(crate) fn conditions(attributes: &[Attribute]) -> Vec<Attribute> {
    attributes.iter().filter(|attribute| attribute.path().is_ident("cfg")).cloned().collect()
}

/// The text of the documentation comments, without the line breaks that only keep lines short.
pub(crate) fn documentation(attributes: &[Attribute]) -> String {
    let comments = attributes.iter().filter(|attribute| attribute.path().is_ident("doc")).filter_map(comment);
    let lines: Vec<String> = comments.flat_map(|comment| lines(&comment)).collect();
    flowed(&lines)
}

/// The comment in `#[doc = ".."]`.
fn comment(attribute: &Attribute) -> Option<String> {
    let Meta::NameValue(meta) = &attribute.meta else { return None };
    match ungrouped(&meta.value) {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Str(text) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}

/// The lines of one comment, without the space that `///` is written with and the stars of `/** .. */`.
fn lines(comment: &str) -> Vec<String> {
    let mut lines: Vec<&str> = comment.split('\n').collect();
    let is_starred = |line: &&str| line.trim_start().starts_with('*') || line.trim().is_empty();
    if lines.len() > 1 && lines[1..].iter().all(is_starred) {
        for line in &mut lines[1..] {
            *line = line.trim_start().trim_start_matches('*');
        }
    }
    lines.into_iter().map(|line| line.strip_prefix(' ').unwrap_or(line).trim_end().to_owned()).collect()
}

/// Paragraphs as one line each; lists, quotes, tables, headings and code as they are.
fn flowed(lines: &[String]) -> String {
    let mut text = String::new();
    let mut in_code = false;
    let mut joins = false;
    for line in lines {
        let fence = line.trim_start().starts_with("```");
        let continues = joins && !line.is_empty() && !in_code && !fence && !stands_alone(line);
        if !text.is_empty() {
            text.push(if continues { ' ' } else { '\n' });
        }
        text.push_str(if continues { line.trim_start() } else { line });
        in_code ^= fence;
        joins = !in_code && !fence && !line.is_empty() && !line.starts_with(['#', '|']);
    }
    text.trim().to_owned()
}

/// Whether a line cannot be the continuation of the one before.
fn stands_alone(line: &str) -> bool {
    let line = line.trim_start();
    let number = line.trim_start_matches(|c: char| c.is_ascii_digit());
    ["- ", "* ", "+ ", "#", ">", "|"].iter().any(|mark| line.starts_with(mark))
        || (number.len() < line.len() && (number.starts_with(". ") || number.starts_with(") ")))
}

#[cfg(test)]
mod tests {
    use syn::{ItemFn, parse_quote};

    use super::documentation;

    #[test]
    fn a_comment_is_read_as_it_is_meant() {
        let cases: [(ItemFn, &str); 7] = [
            (
                parse_quote!(
                    #[doc = " One line."]
                    fn f() {}
                ),
                "One line.",
            ),
            (
                parse_quote!(
                    #[doc = " Two"]
                    #[doc = " lines."]
                    fn f() {}
                ),
                "Two lines.",
            ),
            (
                parse_quote!(
                    #[doc = " One."]
                    #[doc = ""]
                    #[doc = " Two"]
                    #[doc = " lines."]
                    fn f() {}
                ),
                "One.\n\nTwo lines.",
            ),
            (
                parse_quote!(
                    #[doc = " Kinds:"]
                    #[doc = " - one,"]
                    #[doc = "   still one"]
                    #[doc = " 2. two"]
                    fn f() {}
                ),
                "Kinds:\n- one, still one\n2. two",
            ),
            (
                parse_quote!(
                    #[doc = " ```"]
                    #[doc = " a"]
                    #[doc = " b"]
                    #[doc = " ```"]
                    #[doc = " c"]
                    fn f() {}
                ),
                "```\na\nb\n```\nc",
            ),
            (
                parse_quote!(
                    #[doc = " A block\n * with stars.\n "]
                    #[doc(hidden)]
                    fn f() {}
                ),
                "A block with stars.",
            ),
            (
                parse_quote!(
                    #[doc = "   "]
                    #[doc = include_str!("x")]
                    #[must_use]
                    fn f() {}
                ),
                "",
            ),
        ];
        for (function, expected) in cases {
            assert_eq!(documentation(&function.attrs), expected);
        }
    }
}
