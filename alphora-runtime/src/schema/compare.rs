//! A value against the single words of a schema.

use serde_json::{Map, Value};

use super::reference::resolve;

/// Whether `value` is of a schema's `type`, one name or several. As in JSON Schema, `3.0` is an integer.
pub(super) fn is_of_type(value: &Value, kind: Option<&Value>) -> bool {
    match kind {
        None => true,
        Some(Value::Array(kinds)) => kinds.iter().any(|kind| is_of_type(value, Some(kind))),
        Some(kind) => match (kind.as_str().unwrap_or_default(), value) {
            ("integer", Value::Number(number)) => {
                !number.is_f64() || number.as_f64().is_some_and(|number| number.fract() == 0.0)
            }
            ("string", Value::String(_))
            | ("number", Value::Number(_))
            | ("boolean", Value::Bool(_))
            | ("null", Value::Null)
            | ("array", Value::Array(_))
            | ("object", Value::Object(_)) => true,
            _ => false,
        },
    }
}

/// Whether two values are the same; `1` and `1.0` are.
pub(super) fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => left == right || left.as_f64() == right.as_f64(),
        _ => left == right,
    }
}

/// Of the alternatives, none of which `value` fits, the only one that it can have been meant for.
pub(super) fn meant<'a>(value: &Value, branches: &'a [Value], root: &'a Value) -> Option<&'a Value> {
    let named = branches.iter().map(|branch| named(branch, root));
    let of_its_type =
        named.filter(|branch| is_of_type(value, branch.get("type")) && branch.get("const").is_none());
    let of_its_type: Vec<_> = of_its_type.collect();
    let mut closer = of_its_type.iter().copied().filter(|branch| has_its_marks(value, branch));
    match (of_its_type.as_slice(), closer.next(), closer.next()) {
        (&[only], ..) | (_, Some(only), None) => Some(only),
        _ => None,
    }
}

/// What an alternative is, by its name or by itself.
fn named<'a>(branch: &'a Value, root: &'a Value) -> &'a Value {
    let target = branch.get("$ref").and_then(Value::as_str).and_then(|to| resolve(to, root));
    target.unwrap_or(branch)
}

/// The properties of `branch` that can have one value only.
fn tags(branch: &Value) -> impl Iterator<Item = (&String, &Value)> {
    let properties = branch.get("properties").and_then(Value::as_object).into_iter().flatten();
    properties.filter_map(|(name, schema)| Some((name, schema.get("const")?)))
}

/// Whether an object is tagged as another alternative, which saves looking at the rest of it.
pub(super) fn has_other_tags(value: &Value, branch: &Value, root: &Value) -> bool {
    tags(named(branch, root)).any(|(name, tag)| value.get(name).is_some_and(|value| !same(tag, value)))
}

/// Whether an object has the tags of `branch`, or if that has none, some of its properties.
fn has_its_marks(value: &Value, branch: &Value) -> bool {
    let (Value::Object(value), Some(Value::Object(properties))) = (value, branch.get("properties")) else {
        return false;
    };
    let mut tags =
        properties.iter().filter_map(|(name, schema)| Some((name, schema.get("const")?))).peekable();
    match tags.peek() {
        Some(_) => tags.all(|(name, tag)| value.get(name).is_some_and(|value| same(tag, value))),
        None => value.keys().any(|name| properties.contains_key(name)),
    }
}

type Bound = (&'static str, fn(f64, f64) -> bool, &'static str);

const NUMBER: &[Bound] = &[
    ("minimum", |value, bound| value >= bound, "at least"),
    ("maximum", |value, bound| value <= bound, "at most"),
    ("exclusiveMinimum", |value, bound| value > bound, "more than"),
    ("exclusiveMaximum", |value, bound| value < bound, "less than"),
    ("multipleOf", is_multiple, "a multiple of"),
];
const TEXT: &[Bound] = &[
    ("minLength", |length, bound| length >= bound, "a text whose length is at least"),
    ("maxLength", |length, bound| length <= bound, "a text whose length is at most"),
];
const LIST: &[Bound] = &[
    ("minItems", |length, bound| length >= bound, "a list whose length is at least"),
    ("maxItems", |length, bound| length <= bound, "a list whose length is at most"),
];

/// The bounds that `value` does not keep, with words for each.
pub(super) fn broken_bounds<'a>(
    value: &Value,
    words: &'a Map<String, Value>,
) -> impl Iterator<Item = (&'static str, &'a Value)> {
    let (measured, bounds) = match value {
        Value::Number(number) => (number.as_f64().unwrap_or_default(), NUMBER),
        Value::String(text) => (length(text.chars().count()), TEXT),
        Value::Array(items) => (length(items.len()), LIST),
        _ => (0.0, &[][..]),
    };
    bounds.iter().filter_map(move |(keyword, holds, says)| {
        let bound = words.get(*keyword)?;
        let is_kept = bound.as_f64().is_none_or(|bound| holds(measured, bound));
        (!is_kept).then_some((*says, bound))
    })
}

/// A length is far below what a float holds exactly.
fn length(length: usize) -> f64 {
    u32::try_from(length).map_or(f64::INFINITY, f64::from)
}

/// Whether `value` is a multiple of `step`, as exactly as decimal fractions can be told apart in binary.
fn is_multiple(value: f64, step: f64) -> bool {
    let times = value / step;
    step == 0.0 || (times - times.round()).abs() < 1e-9
}
