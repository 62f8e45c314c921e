//! Which base paths can be served. The attribute checks the same rules at compile time.

/// Says what is wrong with a base path, in words that say what to write.
pub(super) fn check(path: &str) -> Result<(), String> {
    if !path.starts_with('/') {
        return Err(format!("a path starts with `/`: write `/{path}`"));
    }
    if path.len() > 1 && path.ends_with('/') {
        return Err(format!("a path does not end with `/`: write `{}`", path.trim_end_matches('/')));
    }
    if path.contains("//") {
        return Err("a path has no empty segment".to_owned());
    }
    if path.contains(['{', '}', '*', ':']) {
        return Err("a base path may not hold captures or wildcards".to_owned());
    }
    if path.ends_with("/chat/completions") {
        return Err("`path` is the base path: `/chat/completions` is appended to it".to_owned());
    }
    if let Some(bad) = path.chars().find(|c| !(c.is_ascii_alphanumeric() || "/-._~!$&'()+,;=@%".contains(*c)))
    {
        return Err(format!("`{}` cannot stand in a path", bad.escape_default()));
    }
    Ok(())
}
