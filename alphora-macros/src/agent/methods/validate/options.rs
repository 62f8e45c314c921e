//! The options of `#[agent(..)]` on a block or a method: known keys in, checked values out.

use crate::agent::methods::model::Options;
use crate::agent::{placeholder, route};
use crate::arguments::Arguments;
use crate::diagnostics::Errors;
use crate::keyword::{
    API_DESCRIPTION, API_TITLE, AUTO_CLEAN_INTERVAL, DEFAULT_STREAM, FIRST_EVENT_TIMEOUT, IDLE_TIMEOUT,
    KEEP_ALIVE, MAX_MEMORY_ITEMS, MEMORY_TTL, NAME, PATH, POLICIES, TIMEOUT,
};
use crate::value::{self, Unit};

/// The numbers, with what they count.
const NUMBERS: [(&str, Unit); 7] = [
    (MEMORY_TTL, Unit::Seconds),
    (MAX_MEMORY_ITEMS, Unit::Items),
    (AUTO_CLEAN_INTERVAL, Unit::Seconds),
    (TIMEOUT, Unit::Seconds),
    (FIRST_EVENT_TIMEOUT, Unit::Seconds),
    (IDLE_TIMEOUT, Unit::Seconds),
    (KEEP_ALIVE, Unit::Seconds),
];

/// What the attribute on the block says. `method` is the exposed method while there is one.
pub(super) fn of_block(
    arguments: &Arguments,
    agent: &str,
    method: Option<&str>,
    errors: &mut Errors,
) -> Options {
    let mut options = texts(arguments, agent, method, errors);
    for (key, unit) in NUMBERS {
        if let Some((key, value)) = arguments.get(key)
            && let Some(number) = value::number(key, value, unit, errors)
        {
            options.numbers.push((key.clone(), number, unit));
        }
    }
    options.default_stream = arguments
        .get(DEFAULT_STREAM)
        .and_then(|(key, value)| Some((key.clone(), value::boolean(key, value, errors)?)));
    for policy in POLICIES {
        if let Some((key, value)) = arguments.get(policy.key)
            && let Some(word) = value::word(key, value, policy, errors)
        {
            options.policies.push((key.clone(), word));
        }
    }
    options
}

/// What the attribute on a method says.
pub(super) fn of_method(arguments: &Arguments, agent: &str, method: &str, errors: &mut Errors) -> Options {
    texts(arguments, agent, Some(method), errors)
}

fn texts(arguments: &Arguments, agent: &str, method: Option<&str>, errors: &mut Errors) -> Options {
    let mut options = Options::default();
    for name in [PATH, NAME, API_TITLE, API_DESCRIPTION] {
        let Some((key, value)) = arguments.get(name) else { continue };
        let Some(text) = value::text(key, value, errors) else { continue };
        let good = match name {
            PATH => route::check(&text, errors).then_some(text),
            NAME => published(&text, errors).then_some(text),
            _ => placeholder::fill(&text, agent, method, errors),
        };
        options.texts.extend(good.map(|text| (key.clone(), text)));
    }
    options
}

/// Whether `name` can be a model's id; reports the first thing that is wrong with it.
fn published(name: &syn::LitStr, errors: &mut Errors) -> bool {
    match complaint(&name.value()) {
        None => true,
        Some(message) => {
            errors.push(name, message, "write the id that clients send as `model`");
            false
        }
    }
}

fn complaint(name: &str) -> Option<&'static str> {
    if name.trim().is_empty() {
        Some("`name` must not be empty")
    } else if name.chars().any(|c| c.is_control() || c.is_whitespace()) {
        Some("`name` may not hold white space or control characters")
    } else if name.len() > 128 {
        Some("`name` may have 128 bytes at most")
    } else if name == "server" {
        Some("`name` may not be `server`: a configuration file has the server's own options under `[server]`")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::complaint;

    #[test]
    fn the_rules_are_the_runtimes() {
        let cases = crate::agent::cases::of("name");
        assert!(cases.len() > 10, "the cases are where this test looks");
        for (name, good) in cases {
            assert_eq!(complaint(&name).is_none(), good, "{name}");
        }
    }
}
