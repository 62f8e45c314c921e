//! What `path = ".."` may be: the rules of a base path, each with what to write instead.

use syn::LitStr;

use crate::diagnostics::Errors;

/// What the server appends.
const APPENDED: &str = "/chat/completions";

/// Whether `path` can be a base path; reports the first thing that is wrong with it.
pub(super) fn check(path: &LitStr, errors: &mut Errors) -> bool {
    match complaint(&path.value()) {
        None => true,
        Some((message, help)) => {
            errors.push(path, message, help);
            false
        }
    }
}

fn complaint(path: &str) -> Option<(String, String)> {
    let example = || "write `path = \"/api/v1\"`".to_owned();
    if path == "/" {
        return None;
    }
    if !path.starts_with('/') {
        let fixed = format!("/{}", path.trim_end_matches('/'));
        return Some(("`path` must start with `/`".to_owned(), format!("write `path = \"{fixed}\"`")));
    }
    if path.contains(['{', '}', '*']) || path.contains("/:") {
        return Some((
            "`path` may not hold captures".to_owned(),
            "write the path as clients send it".to_owned(),
        ));
    }
    if path.contains("//") {
        return Some(("`path` may not hold `//`".to_owned(), example()));
    }
    let without_slash = path.trim_end_matches('/');
    if let Some(base) = without_slash.strip_suffix(APPENDED) {
        let base = if base.is_empty() { "/" } else { base };
        let message = format!("`path` is the base path: `{APPENDED}` is appended to it");
        return Some((message, format!("write `path = \"{base}\"`")));
    }
    if path.ends_with('/') {
        return Some((
            "`path` may not end with `/`".to_owned(),
            format!("write `path = \"{without_slash}\"`"),
        ));
    }
    if path.split('/').any(|segment| segment == "." || segment == "..") {
        return Some(("`path` may not hold `.` or `..` as a segment".to_owned(), example()));
    }
    let wrong = path.chars().find(|c| !c.is_ascii_alphanumeric() && !"/-._~!$&'()+,;=:@%".contains(*c))?;
    let message = match wrong {
        ' ' => "`path` may not hold a space".to_owned(),
        '?' => "`path` may not hold `?`: a query is no part of it".to_owned(),
        '#' => "`path` may not hold `#`: a fragment never reaches a server".to_owned(),
        other => format!("`path` may not hold `{}`", other.escape_default()),
    };
    Some((message, "write letters, digits, `-`, `_`, `.` and `/`; percent-encode the rest".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::complaint;

    #[test]
    fn the_rules_are_the_runtimes() {
        let cases = crate::agent::cases::of("path");
        assert!(cases.len() > 30, "the cases are where this test looks");
        for (path, good) in cases {
            assert_eq!(complaint(&path).is_none(), good, "{path}");
        }
    }

    #[test]
    fn every_rule_has_its_words() {
        for (path, words) in [
            ("", "start with"),
            ("api", "start with"),
            ("/a/", "end with"),
            ("/a//b", "`//`"),
            ("//", "`//`"),
            ("/a?b", "`?`"),
            ("/a#b", "`#`"),
            ("/a b", "a space"),
            ("/{id}", "captures"),
            ("/*rest", "captures"),
            ("/:id", "captures"),
            ("/a/../b", "`..`"),
            ("/chat/completions", "base path"),
            ("/v1/chat/completions", "base path"),
            ("/v1/chat/completions/", "base path"),
            ("/\u{e9}", "\\u{e9}"),
        ] {
            let (message, help) = complaint(path).expect(path);
            assert!(message.contains(words), "{path}: {message}");
            assert!(!help.is_empty());
        }
    }
}
