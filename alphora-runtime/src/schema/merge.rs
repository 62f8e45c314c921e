//! Schemas that are spread over several places, brought into one.
//!
//! A type with flattened fields or with a tag inside its variants has a schema that says "these properties, and
//! also what stands over there". Strict mode knows no "and also", and a reader of errors is helped by neither.

use serde_json::{Map, Value, json};

use super::reference::resolve;

/// How many schemas are brought together before the rest is left as it is: a type can contain itself that way.
const MOST_MERGES: usize = 1_000;
/// How many merges can be in each other, and how many references one follows.
const DEEPEST: u8 = 16;

/// The same schema, where what can be brought into one place is. What cannot stays as it is.
pub(super) fn merged(root: &Value) -> Value {
    Merge { root, left: MOST_MERGES }.schema(root, DEEPEST)
}

struct Merge<'a> {
    root: &'a Value,
    left: usize,
}

/// The schema of an object, taken apart.
#[derive(Default)]
struct Object {
    annotations: Map<String, Value>,
    properties: Map<String, Value>,
    required: Vec<Value>,
    additional: Option<Value>,
    branches: Option<Vec<Value>>,
}

impl Merge<'_> {
    fn schema(&mut self, schema: &Value, mut depth: u8) -> Value {
        let Value::Object(schema) = schema else { return schema.clone() };
        let mut schema = schema.clone();
        if depth > 0
            && let Some(merged) = self.merge_one(&schema)
        {
            schema = merged;
            depth -= 1;
        }
        for (keyword, value) in &mut schema {
            match (keyword.as_str(), value) {
                ("properties" | "$defs" | "definitions", Value::Object(schemas)) => {
                    for schema in schemas.values_mut() {
                        *schema = self.schema(schema, depth);
                    }
                }
                ("anyOf" | "oneOf" | "allOf" | "prefixItems", Value::Array(schemas)) => {
                    for schema in schemas {
                        *schema = self.schema(schema, depth);
                    }
                }
                ("items" | "additionalProperties", schema) => *schema = self.schema(schema, depth),
                _ => {}
            }
        }
        Value::Object(schema)
    }

    fn merge_one(&mut self, schema: &Map<String, Value>) -> Option<Map<String, Value>> {
        let is_spread = schema.contains_key("allOf")
            || schema.contains_key("unevaluatedProperties")
            || ((schema.contains_key("properties")
                || schema.get("type").is_some_and(|kind| kind == "object"))
                && ["$ref", "anyOf", "oneOf"].iter().any(|keyword| schema.contains_key(*keyword)));
        if !is_spread {
            return None;
        }
        self.left = self.left.checked_sub(1)?;
        lone_part(schema).or_else(|| self.object(schema, DEEPEST)?.into_schema(self))
    }

    /// Takes apart the schema of an object; `None` if it is another, or says what cannot be merged.
    fn object(&self, schema: &Map<String, Value>, depth: u8) -> Option<Object> {
        let depth = depth.checked_sub(1)?;
        // Its own properties first: a tag stands before what it tags, for those who read as for those who write.
        let own = schema.get("properties").and_then(Value::as_object);
        let mut object = Object { properties: own.cloned().unwrap_or_default(), ..Object::default() };
        for (keyword, value) in schema {
            match (keyword.as_str(), value) {
                ("type", kind) => (kind == "object").then_some(())?,
                ("properties", _) => {}
                ("required", Value::Array(names)) => object.required.extend(names.iter().cloned()),
                ("additionalProperties" | "unevaluatedProperties", value) => {
                    object.additional = Some(value.clone());
                }
                ("$ref", Value::String(to)) => {
                    let part = self.object(resolve(to, self.root)?.as_object()?, depth)?;
                    object.add(part)?;
                }
                ("allOf", Value::Array(parts)) => {
                    for part in parts {
                        object.add(self.object(part.as_object()?, depth)?)?;
                    }
                }
                ("anyOf" | "oneOf", Value::Array(branches)) => {
                    object.add(Object { branches: Some(branches.clone()), ..Object::default() })?;
                }
                (
                    "$defs" | "definitions" | "$schema" | "title" | "description" | "default" | "examples",
                    _,
                ) => {
                    object.annotations.insert(keyword.clone(), value.clone());
                }
                _ => return None,
            }
        }
        Some(object)
    }
}

/// An `allOf` of one part, with nothing but words around it, is that part.
fn lone_part(schema: &Map<String, Value>) -> Option<Map<String, Value>> {
    let Some(Value::Array(parts)) = schema.get("allOf") else { return None };
    let [Value::Object(part)] = parts.as_slice() else { return None };
    let words = ["allOf", "title", "description", "default", "examples"];
    if !schema.keys().all(|keyword| words.contains(&keyword.as_str())) {
        return None;
    }
    let mut merged = part.clone();
    for (keyword, value) in schema.iter().filter(|(keyword, _)| *keyword != "allOf") {
        merged.insert(keyword.clone(), value.clone());
    }
    Some(merged)
}

impl Object {
    /// Takes in what `other` says; its words are about itself and are dropped.
    fn add(&mut self, other: Self) -> Option<()> {
        for (name, property) in other.properties {
            match self.properties.get(&name) {
                Some(known) if *known != property => return None,
                Some(_) => {}
                None => drop(self.properties.insert(name, property)),
            }
        }
        self.required.extend(other.required);
        // What denies other properties denies them wherever it stands; the parts' own are no others.
        self.additional = match (self.additional.take(), other.additional) {
            (Some(Value::Bool(false)), _) | (_, Some(Value::Bool(false))) => Some(false.into()),
            (own, other) => own.or(other),
        };
        match (&self.branches, other.branches) {
            (Some(_), Some(_)) => return None,
            (None, Some(branches)) => self.branches = Some(branches),
            (_, None) => {}
        }
        Some(())
    }

    fn into_schema(mut self, merge: &Merge<'_>) -> Option<Map<String, Value>> {
        let Some(branches) = self.branches.take() else { return Some(self.into_plain()) };
        let annotations = std::mem::take(&mut self.annotations);
        let mut schemas = Vec::with_capacity(branches.len());
        for branch in branches {
            let branch = merge.object(branch.as_object()?, DEEPEST)?;
            let mut whole = Self {
                annotations: branch.annotations.clone(),
                properties: self.properties.clone(),
                required: self.required.clone(),
                additional: self.additional.clone(),
                branches: None,
            };
            whole.add(branch)?;
            schemas.push(Value::Object(whole.into_schema(merge)?));
        }
        let mut schema = annotations;
        schema.insert("anyOf".to_owned(), schemas.into());
        Some(schema)
    }

    fn into_plain(self) -> Map<String, Value> {
        let mut required: Vec<Value> = Vec::with_capacity(self.required.len());
        for name in self.required {
            if !required.contains(&name) {
                required.push(name);
            }
        }
        let mut schema = self.annotations;
        schema.insert("type".to_owned(), "object".into());
        schema.insert("properties".to_owned(), self.properties.into());
        schema.insert("required".to_owned(), json!(required));
        if let Some(additional) = self.additional {
            schema.insert("additionalProperties".to_owned(), additional);
        }
        schema
    }
}
