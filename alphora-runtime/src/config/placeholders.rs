//! `{agent_name}` and `{method_name}` in titles and descriptions.

/// Replaces the placeholders of `template`; `{{` and `}}` are literal braces.
///
/// # Errors
/// What is wrong with the template, in words that say what to write.
pub(super) fn substitute(template: &str, agent: &str, method: &str) -> Result<String, String> {
    let mut out = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some(at) = rest.find(['{', '}']) {
        out.push_str(&rest[..at]);
        let brace = &rest[at..=at];
        let after = &rest[at + 1..];
        if after.starts_with(brace) {
            out.push_str(brace);
            rest = &after[1..];
            continue;
        }
        if brace == "}" {
            return Err("a `}` closes nothing: write `}}` for a literal brace".to_owned());
        }
        let Some(end) = after.find('}') else {
            return Err("a `{` is never closed: write `{{` for a literal brace".to_owned());
        };
        match &after[..end] {
            "agent_name" => out.push_str(agent),
            "method_name" => out.push_str(method),
            other => {
                return Err(format!(
                    "unknown placeholder `{{{other}}}`: there are `{{agent_name}}` and `{{method_name}}`, and `{{{{` \
                     is a literal brace"
                ));
            }
        }
        rest = &after[end + 1..];
    }
    out.push_str(rest);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::substitute;

    #[test]
    fn replaces_both_names_and_keeps_literal_braces() {
        let replaced = |template| substitute(template, "Support", "run");
        assert_eq!(replaced("{agent_name}.{method_name} API").unwrap(), "Support.run API");
        assert_eq!(replaced("{{agent_name}} {{}}").unwrap(), "{agent_name} {}");
        assert_eq!(replaced("智能助手 {agent_name}").unwrap(), "智能助手 Support");
        for wrong in ["{agent}", "{", "}", "{agent_name", "a } b", "{{agent_name}"] {
            assert!(replaced(wrong).is_err(), "{wrong}");
        }
    }
}
