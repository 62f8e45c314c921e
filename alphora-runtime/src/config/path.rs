//! Which base paths can be served. The attribute checks the same rules at compile time.

/// What the server appends.
const APPENDED: &str = "/chat/completions";

/// Says what is wrong with a base path, in words that say what to write.
pub(super) fn check(path: &str) -> Result<(), String> {
    if path == "/" {
        return Ok(());
    }
    let without_slash = path.trim_end_matches('/');
    if !path.starts_with('/') {
        return Err(format!("a path starts with `/`: write `/{without_slash}`"));
    }
    if path.contains(['{', '}', '*']) || path.contains("/:") {
        return Err("a base path may not hold captures or wildcards".to_owned());
    }
    if path.contains("//") {
        return Err("a path has no empty segment".to_owned());
    }
    if let Some(base) = without_slash.strip_suffix(APPENDED) {
        let base = if base.is_empty() { "/" } else { base };
        return Err(format!("`{APPENDED}` is appended to the base path: write `{base}`"));
    }
    if path.ends_with('/') {
        return Err(format!("a path does not end with `/`: write `{without_slash}`"));
    }
    if path.split('/').any(|segment| segment == "." || segment == "..") {
        return Err("a path has no `.` or `..` as a segment: clients resolve them".to_owned());
    }
    if let Some(bad) = path.chars().find(|c| !c.is_ascii_alphanumeric() && !"/-._~!$&'()+,;=:@%".contains(*c))
    {
        return Err(format!("`{}` cannot stand in a path: percent-encode it", bad.escape_default()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::name;

    /// The cases that the attribute's tests read too, so that both crates have the same rules.
    const CASES: &str = include_str!("../../../alphora-macros/tests/paths_and_names.txt");

    #[test]
    fn the_rules_are_the_attributes() {
        let cases = CASES.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
        let mut judged = 0;
        for line in cases {
            let (kind, case) = line.split_once(' ').unwrap();
            let (verdict, case) = case.split_once(' ').unwrap();
            let case = case.trim_matches('"').replace("\\t", "\t");
            let result = if kind == "path" { super::check(&case) } else { name::check(&case) };
            assert_eq!(result.is_ok(), verdict == "good", "{line}: {result:?}");
            judged += 1;
        }
        assert!(judged > 40, "the cases are where this test looks");
    }
}
