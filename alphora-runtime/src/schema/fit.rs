//! Makes arguments that fit a schema what the types that read them take.
//!
//! In strict mode whatever may be left out is `null` instead; but a field with a default of its own takes no `null`,
//! it wants to be left out. And a model may write an integer as `3.0`, which no integer type reads.

use serde_json::{Map, Value};

use super::reference::{resolve, takes_null};
use super::validate::{fits, steps_for};

/// Below so many levels values stay as they are.
const DEEPEST: usize = 400;

/// Changes `value`, which fits `root`.
pub(super) fn fit(value: &mut Value, root: &Value, closed: bool) {
    let steps = steps_for(value);
    Fit { root, closed, steps }.value(value, root, 0);
}

struct Fit<'a> {
    root: &'a Value,
    closed: bool,
    /// How many more pairs of a value and an alternative are tried; beyond it, values stay as they are.
    steps: usize,
}

impl Fit<'_> {
    fn value(&mut self, value: &mut Value, schema: &Value, depth: usize) {
        let Value::Object(words) = schema else { return };
        let depth = depth + 1;
        if depth > DEEPEST {
            return;
        }
        if let Some(named) = words.get("$ref").and_then(Value::as_str).and_then(|to| resolve(to, self.root)) {
            self.value(value, named, depth);
        }
        for keyword in ["anyOf", "oneOf"] {
            let branches = words.get(keyword).and_then(Value::as_array).into_iter().flatten();
            for branch in branches {
                if fits(value, branch, self.root, self.closed, &mut self.steps) {
                    self.value(value, branch, depth);
                    break;
                }
            }
        }
        for part in words.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            self.value(value, part, depth);
        }
        match value {
            Value::Number(_) if takes_only_integers(words) => make_integer(value),
            Value::Array(items) => {
                let first = words.get("prefixItems").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
                for (index, item) in items.iter_mut().enumerate() {
                    if let Some(schema) = first.get(index).or_else(|| words.get("items")) {
                        self.value(item, schema, depth);
                    }
                }
            }
            Value::Object(values) => self.object(values, words, depth),
            _ => {}
        }
    }

    fn object(&mut self, values: &mut Map<String, Value>, words: &Map<String, Value>, depth: usize) {
        let properties = words.get("properties").and_then(Value::as_object);
        let required = words.get("required").and_then(Value::as_array);
        let is_required = |name: &str| required.is_some_and(|names| names.iter().any(|other| other == name));
        values.retain(|name, value| {
            let schema = properties.and_then(|properties| properties.get(name));
            let is_absent = value.is_null() && !is_required(name);
            !is_absent || schema.is_none_or(|schema| takes_null(schema, self.root))
        });
        for (name, value) in values {
            let schema = properties.and_then(|properties| properties.get(name));
            if let Some(schema) = schema.or_else(|| words.get("additionalProperties")) {
                self.value(value, schema, depth);
            }
        }
    }
}

fn takes_only_integers(words: &Map<String, Value>) -> bool {
    match words.get("type") {
        Some(Value::Array(kinds)) => {
            kinds.iter().any(|kind| kind == "integer") && !kinds.iter().any(|kind| kind == "number")
        }
        kind => kind.is_some_and(|kind| kind == "integer"),
    }
}

fn make_integer(value: &mut Value) {
    if value.is_f64()
        && let Ok(integer) = format!("{:.0}", value.as_f64().unwrap_or_default()).parse::<i64>()
    {
        *value = integer.into();
    }
}
