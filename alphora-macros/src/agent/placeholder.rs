//! The placeholders of titles and descriptions, replaced as far as they are known while compiling.
//!
//! The runtime replaces the rest by the same rules. So `{{` and `}}` stay as they are here.

use syn::LitStr;

use crate::diagnostics::Errors;
use crate::keyword;

/// `text` with the names put in; `method` is `None` while there are several.
pub(super) fn fill(text: &LitStr, agent: &str, method: Option<&str>, errors: &mut Errors) -> Option<LitStr> {
    match filled(&text.value(), agent, method) {
        Ok(filled) => Some(LitStr::new(&filled, text.span())),
        Err(message) => {
            errors.push(
                text,
                message,
                "the placeholders are `{agent_name}` and `{method_name}`; `{{` is a literal brace",
            );
            None
        }
    }
}

fn filled(text: &str, agent: &str, method: Option<&str>) -> Result<String, String> {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        filled.push_str(&rest[..at]);
        rest = &rest[at..];
        if rest.starts_with("{{") || rest.starts_with("}}") {
            filled.push_str(&rest[..2]);
            rest = &rest[2..];
        } else if rest.starts_with('}') {
            return Err("a `}` without its `{`".to_owned());
        } else {
            let end = rest.find('}').ok_or("a `{` without its `}`")?;
            let (name, placeholder) = (&rest[1..end], &rest[..=end]);
            match name {
                "agent_name" => filled.push_str(agent),
                "method_name" => filled.push_str(method.unwrap_or(placeholder)),
                _ => {
                    let guess = keyword::did_you_mean(name, keyword::PLACEHOLDERS.iter().copied());
                    return Err(format!("unknown placeholder `{placeholder}`{guess}"));
                }
            }
            rest = &rest[end + 1..];
        }
    }
    filled.push_str(rest);
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::filled;

    #[test]
    fn names_are_put_in_and_doubled_braces_stay() {
        for (text, expected) in [
            ("plain", "plain"),
            ("{agent_name}.{method_name}", "Support.run"),
            ("{{agent_name}} {agent_name}", "{{agent_name}} Support"),
            ("}}{{", "}}{{"),
        ] {
            assert_eq!(filled(text, "Support", Some("run")).as_deref(), Ok(expected));
        }
        assert_eq!(filled("{method_name}!", "Support", None).as_deref(), Ok("{method_name}!"));
    }

    #[test]
    fn mistakes_are_named() {
        for (text, words) in [
            ("{agent_nam}", "(did you mean `agent_name`?)"),
            ("{}", "unknown placeholder `{}`"),
            ("{agent_name", "without its `}`"),
            ("agent_name}", "without its `{`"),
        ] {
            let message = filled(text, "Support", None).expect_err(text);
            assert!(message.contains(words), "{text}: {message}");
        }
    }
}
