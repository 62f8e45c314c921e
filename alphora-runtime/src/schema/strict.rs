//! Makes a schema one that OpenAI's strict mode accepts, or says why there is none.
//!
//! In strict mode every object lists all its properties as required and has no others; what may be left out may be
//! `null` instead. Of JSON Schema's words only some are known. A word that only narrows what fits is left out:
//! arguments are checked against the schema as it was. A word without which the schema would mean something else is
//! an error.

use serde_json::{Map, Value, json};

use super::SchemaError;
use super::limits;
use super::path::Path;
use super::reference::{reachable, takes_null};

/// The formats of strings that strict mode knows.
const FORMATS: [&str; 9] =
    ["date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"];

/// `root`, which is merged already, as strict mode accepts it.
pub(super) fn strict(root: &Value) -> Result<Value, SchemaError> {
    let Value::Object(schema) = root else { return Err(SchemaError::new("", ANYTHING)) };
    if schema.get("type").is_none_or(|kind| kind != "object") {
        return Err(SchemaError::new(
            "",
            format!(
                "is that of {}: only an object has named fields, so make it a field of a struct",
                kind(schema)
            ),
        ));
    }
    let strict = Strict { root };
    let mut result = strict.object(schema, &Path::Root)?;
    let reachable = reachable(root);
    for place in ["$defs", "definitions"] {
        let Some(Value::Object(definitions)) = schema.get(place) else { continue };
        let definitions = definitions
            .iter()
            .filter(|(_, schema)| reachable.iter().any(|other| std::ptr::eq(*other, *schema)))
            .map(|(name, schema)| Ok((name.clone(), strict.schema(schema, &Path::Root.property(name))?)))
            .collect::<Result<Map<_, _>, SchemaError>>()?;
        if !definitions.is_empty() {
            result.insert(place.to_owned(), definitions.into());
        }
    }
    let result = Value::Object(result);
    limits::check(&result)?;
    Ok(result)
}

const ANYTHING: &str = "can be any value: use a type that says what it is";

struct Strict<'a> {
    root: &'a Value,
}

impl Strict<'_> {
    fn schema(&self, schema: &Value, path: &Path<'_>) -> Result<Value, SchemaError> {
        let Value::Object(schema) = schema else { return Err(SchemaError::new(path, ANYTHING)) };
        self.object(schema, path).map(Value::Object)
    }

    fn object(
        &self,
        schema: &Map<String, Value>,
        path: &Path<'_>,
    ) -> Result<Map<String, Value>, SchemaError> {
        let mut strict = Map::new();
        for (keyword, value) in schema {
            match (keyword.as_str(), value) {
                ("properties", Value::Object(properties)) => {
                    strict.insert(keyword.clone(), self.properties(schema, properties, path)?.into());
                }
                ("items", items) => {
                    strict.insert(keyword.clone(), self.schema(items, &path.any_item())?);
                }
                ("anyOf" | "oneOf", Value::Array(branches)) => {
                    let branches: Result<Vec<_>, _> =
                        branches.iter().map(|branch| self.schema(branch, path)).collect();
                    strict.insert("anyOf".to_owned(), branches?.into());
                }
                ("format", Value::String(format)) if !FORMATS.contains(&format.as_str()) => {}
                _ if is_known(keyword) => drop(strict.insert(keyword.clone(), value.clone())),
                _ => refuse(keyword, value).map_or(Ok(()), |problem| Err(SchemaError::new(path, problem)))?,
            }
        }
        if strict.contains_key("anyOf") && takes_type(&strict, "object") {
            return Err(SchemaError::new(path, PARTS));
        }
        infer_type(&mut strict);
        if takes_type(&strict, "object") {
            let properties = strict.entry("properties").or_insert_with(|| json!({}));
            let names: Vec<_> = properties.as_object().into_iter().flat_map(Map::keys).cloned().collect();
            strict.insert("required".to_owned(), names.into());
            strict.insert("additionalProperties".to_owned(), false.into());
        }
        if takes_type(&strict, "array") && !strict.contains_key("items") {
            return Err(SchemaError::new(path, "is a list of anything: use a type that says of what"));
        }
        if !["type", "anyOf", "$ref"].iter().any(|keyword| strict.contains_key(*keyword)) {
            return Err(SchemaError::new(path, ANYTHING));
        }
        Ok(alone(strict))
    }

    fn properties(
        &self,
        schema: &Map<String, Value>,
        properties: &Map<String, Value>,
        path: &Path<'_>,
    ) -> Result<Map<String, Value>, SchemaError> {
        let required = schema.get("required").and_then(Value::as_array);
        let is_required = |name: &str| required.is_some_and(|names| names.iter().any(|other| other == name));
        let mut strict = Map::new();
        for (name, property) in properties {
            let mut converted = self.schema(property, &path.property(name))?;
            if !is_required(name) && !takes_null(property, self.root) {
                make_nullable(&mut converted);
            }
            strict.insert(name.clone(), converted);
        }
        Ok(strict)
    }
}

/// The words that strict mode knows and that are taken over as they are.
fn is_known(keyword: &str) -> bool {
    matches!(
        keyword,
        "type"
            | "description"
            | "enum"
            | "const"
            | "$ref"
            | "pattern"
            | "format"
            | "multipleOf"
            | "minimum"
            | "maximum"
            | "exclusiveMinimum"
            | "exclusiveMaximum"
            | "minItems"
            | "maxItems"
    )
}

/// Why a schema with this word has no strict form; `None` if the word can be left out.
fn refuse(keyword: &str, value: &Value) -> Option<&'static str> {
    match keyword {
        "additionalProperties" | "unevaluatedProperties" if *value != Value::Bool(false) => Some(MAP),
        "patternProperties" | "propertyNames" => Some(MAP),
        "prefixItems" => Some("is a tuple, and strict mode knows no places: use a struct with named fields"),
        "allOf" => Some(PARTS),
        "not" | "if" | "then" | "else" | "dependentRequired" | "dependentSchemas" | "contains" => {
            Some("depends on a condition, which strict mode does not know: use an enum")
        }
        _ => None,
    }
}

const PARTS: &str = "is made of parts that cannot be brought into one: write its fields in one struct";

const MAP: &str = "is a map, and strict mode knows no names that are chosen later: use a list of structs that have \
                   a key and a value";

/// Strict mode wants a type beside values.
fn infer_type(schema: &mut Map<String, Value>) {
    if schema.contains_key("type") {
        return;
    }
    let values = match (schema.get("const"), schema.get("enum")) {
        (Some(value), _) => std::slice::from_ref(value),
        (None, Some(Value::Array(values))) => values.as_slice(),
        _ => return,
    };
    let mut kinds: Vec<&str> = Vec::new();
    for value in values {
        let kind = match value {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(number) if number.is_f64() => "number",
            Value::Number(_) => "integer",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        };
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    let kind = if let [kind] = kinds.as_slice() { json!(kind) } else { json!(kinds) };
    schema.insert("type".to_owned(), kind);
}

fn takes_type(schema: &Map<String, Value>, kind: &str) -> bool {
    match schema.get("type") {
        Some(Value::Array(kinds)) => kinds.iter().any(|other| other == kind),
        other => other.is_some_and(|other| other == kind),
    }
}

/// A reference stands alone in strict mode: words for a model go around it, and bounds are left out.
fn alone(mut schema: Map<String, Value>) -> Map<String, Value> {
    if schema.len() > 1
        && let Some(reference) = schema.shift_remove("$ref")
    {
        schema.retain(|keyword, _| keyword == "description");
        schema.insert("anyOf".to_owned(), json!([{ "$ref": reference }]));
    }
    schema
}

/// What may be left out may be `null` instead.
fn make_nullable(schema: &mut Value) {
    let Value::Object(object) = schema else { return };
    if let Some(Value::Array(branches)) = object.get_mut("anyOf") {
        branches.push(json!({ "type": "null" }));
        return;
    }
    if object.contains_key("const") || object.contains_key("$ref") {
        let description = object.shift_remove("description");
        let branch = schema.take();
        *schema = match description {
            Some(description) => json!({ "description": description, "anyOf": [branch, { "type": "null" }] }),
            None => json!({ "anyOf": [branch, { "type": "null" }] }),
        };
        return;
    }
    if let Some(Value::Array(values)) = object.get_mut("enum") {
        values.push(Value::Null);
    }
    match object.get_mut("type") {
        Some(Value::Array(kinds)) => kinds.push("null".into()),
        Some(kind) => *kind = json!([kind.take(), "null"]),
        None => {}
    }
}

/// What a schema is of, in words.
fn kind(schema: &Map<String, Value>) -> &'static str {
    match schema.get("type").and_then(Value::as_str) {
        Some("array") => "a list",
        Some("string") => "a text",
        Some("integer" | "number") => "a number",
        Some("boolean") => "a boolean",
        Some("null") => "nothing",
        _ if schema.contains_key("anyOf") || schema.contains_key("oneOf") => "one of several alternatives",
        _ => "any value",
    }
}
