//! Schemas and values in a few words, for a model that is to correct what it wrote.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::reference::resolve;

/// How many alternatives, values or names are told before "and more".
const MOST_TOLD: usize = 12;
/// How much of a value is shown, in characters.
const LONGEST_EXCERPT: usize = 48;
const DEEPEST: u8 = 4;

/// What fits `schema`: "an integer", "one of \"a\", \"b\"", "a list, each of which is a string".
pub(super) fn expected(schema: &Value, root: &Value) -> String {
    describe(schema, root, DEEPEST)
}

fn describe(schema: &Value, root: &Value, depth: u8) -> String {
    let (Value::Object(schema), Some(depth)) = (schema, depth.checked_sub(1)) else {
        return "another value".to_owned();
    };
    if let Some(value) = schema.get("const") {
        return excerpt(value);
    }
    if let Some(Value::Array(values)) = schema.get("enum") {
        return format!("one of {}", listed(values.iter().map(excerpt), ", "));
    }
    if let Some(named) = schema.get("$ref").and_then(Value::as_str).and_then(|to| resolve(to, root)) {
        return describe(named, root, depth);
    }
    if let Some(Value::Array(branches)) = schema.get("anyOf").or_else(|| schema.get("oneOf")) {
        return listed(branches.iter().map(|branch| describe(branch, root, depth)), " or ");
    }
    match schema.get("type") {
        Some(Value::Array(kinds)) => {
            listed(kinds.iter().map(|kind| of_type(kind, schema, root, depth)), " or ")
        }
        Some(kind) => of_type(kind, schema, root, depth),
        None => "another value".to_owned(),
    }
}

fn of_type(kind: &Value, schema: &Map<String, Value>, root: &Value, depth: u8) -> String {
    match kind.as_str().unwrap_or_default() {
        "array" => match schema.get("items") {
            Some(items) => format!("a list, each item {}", describe(items, root, depth)),
            None => "a list".to_owned(),
        },
        "object" => match schema.get("properties") {
            Some(Value::Object(properties)) if !properties.is_empty() => {
                format!("an object with {}", listed(properties.iter().map(property), ", "))
            }
            _ => "an object".to_owned(),
        },
        "integer" => "an integer".to_owned(),
        "null" => "null".to_owned(),
        other => format!("a {other}"),
    }
}

/// A property's name, and its value if it can only be one: what tells alternatives apart.
fn property((name, schema): (&String, &Value)) -> String {
    let only = schema.get("const").or_else(|| match schema.get("enum") {
        Some(Value::Array(values)) if values.len() == 1 => values.first(),
        _ => None,
    });
    only.map_or_else(|| format!("`{name:.64}`"), |value| format!("`{name:.64}`: {}", excerpt(value)))
}

/// Names in a row, each in backticks.
pub(super) fn names<'a>(names: impl Iterator<Item = &'a String>) -> String {
    listed(names.map(|name| format!("`{name:.64}`")), ", ")
}

fn listed(items: impl Iterator<Item = String>, separator: &str) -> String {
    let mut text = String::new();
    let mut seen: Vec<String> = Vec::new();
    for item in items {
        if seen.contains(&item) {
            continue;
        }
        if seen.len() == MOST_TOLD {
            text.push_str(" and more");
            break;
        }
        if !seen.is_empty() {
            text.push_str(separator);
        }
        text.push_str(&item);
        seen.push(item);
    }
    text
}

/// The beginning of `value` as JSON.
pub(super) fn excerpt(value: &Value) -> String {
    match value {
        Value::String(text) => {
            let beginning: String = text.chars().take(LONGEST_EXCERPT).collect();
            let mut shown = Value::from(beginning.as_str()).to_string();
            if beginning.len() < text.len() {
                shown.push_str("..");
            }
            shown
        }
        Value::Array(items) => format!("a list of {}", items.len()),
        Value::Object(properties) if properties.is_empty() => "an empty object".to_owned(),
        Value::Object(properties) => {
            let mut shown = "an object with ".to_owned();
            let _ = write!(shown, "{}", names(properties.keys().take(3)));
            if properties.len() > 3 {
                shown.push_str(" and more");
            }
            shown
        }
        other => other.to_string(),
    }
}
