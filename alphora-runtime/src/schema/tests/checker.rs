//! The rules of OpenAI's strict mode, written down apart from the code that is to keep them.

use serde_json::{Map, Value, json};

const WORDS: [&str; 21] = [
    "$defs",
    "$ref",
    "additionalProperties",
    "anyOf",
    "const",
    "definitions",
    "description",
    "enum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "items",
    "maxItems",
    "maximum",
    "minItems",
    "minimum",
    "multipleOf",
    "pattern",
    "properties",
    "required",
    "type",
];
const FORMATS: [&str; 9] =
    ["date", "date-time", "duration", "email", "hostname", "ipv4", "ipv6", "time", "uuid"];

/// The rules that `root` breaks, with where; none is what every schema must have.
pub(super) fn broken_rules(root: &Value) -> Vec<String> {
    let mut broken = Vec::new();
    if root["type"] != "object" {
        broken.push("the root is no object".to_owned());
    }
    if root.get("anyOf").is_some() {
        broken.push("the root is a union".to_owned());
    }
    walk(root, root, "#", 0, &mut broken);
    for place in ["$defs", "definitions"] {
        for (name, schema) in root[place].as_object().into_iter().flatten() {
            walk(schema, root, &format!("#/{place}/{name}"), 0, &mut broken);
        }
    }
    broken
}

fn walk(schema: &Value, root: &Value, at: &str, depth: usize, broken: &mut Vec<String>) {
    let Value::Object(words) = schema else { return broken.push(format!("{at} is {schema}")) };
    let mut rule = |holds: bool, says: &str| {
        if !holds {
            broken.push(format!("{at}: {says}"));
        }
    };
    for word in words.keys() {
        rule(WORDS.contains(&word.as_str()), &format!("`{word}` is unknown"));
        rule(at == "#" || !["$defs", "definitions"].contains(&word.as_str()), "definitions below the root");
    }
    rule(["type", "anyOf", "$ref"].iter().any(|word| words.contains_key(*word)), "says no type");
    if let Some(reference) = words.get("$ref") {
        rule(words.len() == 1, "`$ref` has company");
        let leads = reference.as_str().and_then(|to| to.strip_prefix('#')).and_then(|to| root.pointer(to));
        rule(leads.is_some(), "`$ref` leads nowhere");
    }
    if let Some(format) = words.get("format") {
        rule(FORMATS.iter().any(|known| format == known), "the format is unknown");
    }
    rule(words.get("enum").is_none_or(|values| values != &json!([])), "an enum of nothing");
    if types(words).contains(&"object") {
        let properties = words.get("properties").and_then(Value::as_object);
        let names = properties.map(|properties| properties.keys().map(String::as_str).collect::<Vec<_>>());
        rule(words.get("additionalProperties") == Some(&json!(false)), "takes other properties");
        rule(
            names.is_some() && words.get("required") == names.map(|names| json!(names)).as_ref(),
            "required",
        );
        rule(depth < 10, "nested too deeply");
    }
    rule(!types(words).contains(&"array") || words.contains_key("items"), "an array of what?");
    for (name, schema) in words.get("properties").and_then(Value::as_object).into_iter().flatten() {
        walk(schema, root, &format!("{at}/properties/{name}"), depth + 1, broken);
    }
    if let Some(items) = words.get("items") {
        walk(items, root, &format!("{at}/items"), depth, broken);
    }
    for (index, branch) in words.get("anyOf").and_then(Value::as_array).into_iter().flatten().enumerate() {
        walk(branch, root, &format!("{at}/anyOf/{index}"), depth, broken);
    }
}

fn types(words: &Map<String, Value>) -> Vec<&str> {
    match words.get("type") {
        Some(Value::Array(types)) => types.iter().filter_map(Value::as_str).collect(),
        other => other.and_then(Value::as_str).into_iter().collect(),
    }
}

#[test]
fn the_checker_sees_broken_rules() {
    let broken = |schema: Value| broken_rules(&schema).len();
    assert_eq!(
        broken(json!({"type": "object", "properties": {}, "required": [], "additionalProperties": false})),
        0
    );
    assert!(broken(json!({"type": "array", "items": {"type": "string"}})) > 0);
    assert!(
        broken(
            json!({"type": "object", "properties": {"a": {"type": "string"}}, "required": [], "additionalProperties": false})
        ) > 0
    );
    assert!(
        broken(
            json!({"type": "object", "properties": {"a": {}}, "required": ["a"], "additionalProperties": false})
        ) > 0
    );
    assert!(
        broken(
            json!({"type": "object", "properties": {"a": {"$ref": "#/$defs/A"}}, "required": ["a"], "additionalProperties": false})
        ) > 0
    );
    assert!(broken(json!({"type": "object", "properties": {}, "required": []})) > 0);
}
