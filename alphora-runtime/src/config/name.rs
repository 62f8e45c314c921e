//! Which published names there can be. The attribute checks the same rules at compile time.

/// Says what is wrong with a published name, in words that say what to write.
pub(super) fn check(name: &str) -> Result<(), String> {
    if name.is_empty() || name.len() > 128 || name.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err("write 1 to 128 bytes without white space".to_owned());
    }
    if name == "server" {
        return Err("[server] is the table of the server's own options: write another name".to_owned());
    }
    Ok(())
}
