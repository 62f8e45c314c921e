//! The rules of a tool that tokens can tell; what depends on types is asked by the expansion.

use quote::ToTokens;
use syn::ReturnType;
use syn::ext::IdentExt as _;

use super::model::{Parameter, Tool};
use super::parse::{self, Written};
use super::signature;
use crate::attribute::documentation;
use crate::diagnostics::Errors;
use crate::keyword::{DESCRIPTION, NAME, Place, STRICT, TIMEOUT};
use crate::value::{self, Unit};

/// The longest name that OpenAI allows.
const LONGEST_NAME: usize = 64;

/// The model of what is written, if everything is right.
pub(super) fn validate<'a>(written: &'a Written, errors: &mut Errors) -> Option<Tool<'a>> {
    let arguments = &written.arguments;
    let fits = signature::check(written, errors);
    let name = name(written, errors);
    let description = description(written, errors);
    let parameters = parameters(written, errors);
    let timeout = arguments
        .get(TIMEOUT)
        .and_then(|(key, value)| Some((key.clone(), value::number(key, value, Unit::Seconds, errors)?)));
    let strict = arguments.get(STRICT).and_then(|(key, value)| value::boolean(key, value, errors));
    fits?;
    Some(Tool {
        written,
        name: name?,
        description: description?,
        parameters,
        result: match &written.function.sig.output {
            ReturnType::Default => None,
            ReturnType::Type(_, ty) => Some(ty),
        },
        timeout,
        strict,
    })
}

/// The name that is given, or the function's.
fn name(written: &Written, errors: &mut Errors) -> Option<String> {
    let ident = &written.function.sig.ident;
    let Some((key, value)) = written.arguments.get(NAME) else {
        let name = ident.unraw().to_string();
        if let Some(what) = complaint(&name) {
            let help = "write the name by which a model calls it: `#[tool(name = \"search_web\")]`";
            errors.push(ident, format!("the name of a tool {what}"), help);
            return None;
        }
        return Some(name);
    };
    let name = value::text(key, value, errors)?;
    let Some(what) = complaint(&name.value()) else { return Some(name.value()) };
    let help = if written.names().any(|parameter| parameter == NAME) {
        "this is the tool's name: describe the parameter `name` by a comment above it"
    } else {
        "write the name by which a model calls it, such as `search_web`"
    };
    errors.push(name, format!("`{NAME}` {what}"), help);
    None
}

/// What is wrong with a name.
fn complaint(name: &str) -> Option<String> {
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if name.is_empty() {
        Some("must not be empty".to_owned())
    } else if let Some(odd) = name.chars().find(|c| !is_allowed(*c)) {
        Some(format!("may only hold `A-Z`, `a-z`, `0-9`, `_` and `-`, not `{odd}`"))
    } else if name.len() > LONGEST_NAME {
        Some(format!("may have {LONGEST_NAME} characters at most"))
    } else {
        None
    }
}

/// The description that is given, or the comment above the function.
fn description(written: &Written, errors: &mut Errors) -> Option<String> {
    if let Some((key, value)) = written.arguments.get(DESCRIPTION) {
        let text = value::text(key, value, errors)?;
        return filled(DESCRIPTION, &text, errors);
    }
    let comment = documentation(&written.above);
    if comment.is_empty() {
        let ident = &written.function.sig.ident;
        let help = "say what it does in a `///` comment above it, or with `#[tool(description = \"..\")]`";
        errors.push(ident, format!("tool `{ident}` has no description for the model"), help);
        return None;
    }
    Some(comment)
}

/// The parameters with what is said of them.
fn parameters<'a>(written: &'a Written, errors: &mut Errors) -> Vec<Parameter<'a>> {
    let mut parameters = Vec::new();
    for (input, comments) in written.function.sig.inputs.iter().zip(&written.comments) {
        let syn::FnArg::Typed(parameter) = input else { continue };
        let Some(name) = parse::name(parameter) else { continue };
        let mut description = documentation(comments);
        // A parameter by the name of a key is described by a comment.
        let key = Some(&*name).filter(|name| !Place::Tool.words().contains(name));
        if let Some((key, value)) = key.and_then(|name| written.arguments.get(name)) {
            if !description.is_empty() {
                let help = "remove it here, or the comment above the parameter";
                errors.push(key, format!("parameter `{name}` is described twice"), help);
            } else if let Some(text) = value::text(key, value, errors) {
                description = filled(&name, &text, errors).unwrap_or_default();
            }
        }
        parameters.push(Parameter { name, description, ty: &parameter.ty });
    }
    parameters
}

/// The text, which must not be empty.
fn filled(key: &str, text: &syn::LitStr, errors: &mut Errors) -> Option<String> {
    let value = text.value();
    if value.trim().is_empty() {
        let what = if key == DESCRIPTION { "what the tool does" } else { "what the parameter is" };
        let help = format!("write {what}, in words for a model, or remove `{key}`");
        errors.push(text.to_token_stream(), format!("`{key}` must not be empty"), help);
        return None;
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::complaint;

    #[test]
    fn names_are_those_that_model_servers_take() {
        let longest = "a".repeat(64);
        for name in ["search_web", "a", "A-1", "_", longest.as_str()] {
            assert_eq!(complaint(name), None, "{name}");
        }
        let too_long = "a".repeat(65);
        for name in ["", "search web", "wetter.heute", "天气", "a\n", "a/b", too_long.as_str()] {
            assert!(complaint(name).is_some(), "{name}");
        }
    }
}
