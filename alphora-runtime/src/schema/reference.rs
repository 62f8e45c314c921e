//! What a reference of a schema leads to.

use std::borrow::Cow;

use serde_json::Value;

/// What `reference` leads to within `root`: `#` is the whole, `#/$defs/Name` a definition.
pub(super) fn resolve<'a>(reference: &str, root: &'a Value) -> Option<&'a Value> {
    root.pointer(&percent_decoded(reference.strip_prefix('#')?)?)
}

/// A reference is a pointer that is written as a URI's fragment.
fn percent_decoded(fragment: &str) -> Option<Cow<'_, str>> {
    if !fragment.contains('%') {
        return Some(fragment.into());
    }
    let mut bytes = Vec::with_capacity(fragment.len());
    let mut rest = fragment.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        if let (b'%', [high, low, after @ ..]) = (first, after) {
            bytes.push(hexadecimal(*high)? << 4 | hexadecimal(*low)?);
            rest = after;
        } else {
            bytes.push(*first);
        }
    }
    Some(String::from_utf8(bytes).ok()?.into())
}

fn hexadecimal(digit: u8) -> Option<u8> {
    u8::try_from(char::from(digit).to_digit(16)?).ok()
}

/// Everything in `root` that something refers to, directly or through others; definitions that nobody uses are not.
pub(super) fn reachable(root: &Value) -> Vec<&Value> {
    let mut found: Vec<&Value> = Vec::new();
    let is_definitions = |keyword: &str| ["$defs", "definitions"].contains(&keyword);
    let own = root.as_object().into_iter().flatten().filter(|(keyword, _)| !is_definitions(keyword));
    let mut open: Vec<&Value> = own.map(|(_, schema)| schema).collect();
    follow(root.get("$ref"), root, &mut found, &mut open);
    while let Some(schema) = open.pop() {
        match schema {
            Value::Array(schemas) => open.extend(schemas),
            Value::Object(schema) => {
                follow(schema.get("$ref"), root, &mut found, &mut open);
                open.extend(schema.values());
            }
            _ => {}
        }
    }
    found
}

fn follow<'a>(
    reference: Option<&Value>,
    root: &'a Value,
    found: &mut Vec<&'a Value>,
    open: &mut Vec<&'a Value>,
) {
    let target = reference.and_then(Value::as_str).and_then(|to| resolve(to, root));
    if let Some(target) = target.filter(|target| !std::ptr::eq(*target, root))
        && !found.iter().any(|other| std::ptr::eq(*other, target))
    {
        found.push(target);
        open.push(target);
    }
}

/// How many references and unions deep [`takes_null`] looks.
const DEEPEST: u8 = 32;

/// Whether `null` fits `schema`, a part of `root`.
pub(crate) fn takes_null(schema: &Value, root: &Value) -> bool {
    takes_null_within(schema, root, DEEPEST)
}

fn takes_null_within(schema: &Value, root: &Value, depth: u8) -> bool {
    let Value::Object(schema) = schema else { return schema.as_bool() == Some(true) };
    let Some(depth) = depth.checked_sub(1) else { return false };
    schema.iter().all(|(keyword, value)| match (keyword.as_str(), value) {
        ("type", Value::String(kind)) => kind == "null",
        ("type", Value::Array(kinds)) => kinds.iter().any(|kind| kind == "null"),
        ("const", value) => value.is_null(),
        ("enum", Value::Array(values)) => values.contains(&Value::Null),
        ("anyOf" | "oneOf", Value::Array(branches)) => {
            branches.iter().any(|branch| takes_null_within(branch, root, depth))
        }
        ("allOf", Value::Array(parts)) => parts.iter().all(|part| takes_null_within(part, root, depth)),
        ("$ref", Value::String(to)) => {
            resolve(to, root).is_some_and(|schema| takes_null_within(schema, root, depth))
        }
        _ => true,
    })
}
