//! References to the document's components, and names that may occur only once.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

/// A JSON object under construction.
pub(super) type Object = Map<String, Value>;

pub(super) fn schema(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

pub(super) fn response(name: &str) -> Value {
    json!({"$ref": format!("#/components/responses/{name}")})
}

pub(super) fn header(name: &str) -> Value {
    json!({"$ref": format!("#/components/headers/{name}")})
}

pub(super) fn parameter(name: &str) -> Value {
    json!({"$ref": format!("#/components/parameters/{name}")})
}

/// The content of a body that is always JSON of one schema.
pub(super) fn json_content(schema_name: &str) -> Value {
    json!({"application/json": {"schema": schema(schema_name)}})
}

/// Names that may occur only once in a document: of tags and of operations.
#[derive(Default)]
pub(super) struct Names(BTreeSet<String>);

impl Names {
    /// `wanted`, with a number behind it if it is taken.
    pub(super) fn take(&mut self, wanted: &str) -> String {
        let mut name = wanted.to_owned();
        let mut number = 2;
        while !self.0.insert(name.clone()) {
            name = format!("{wanted}_{number}");
            number += 1;
        }
        name
    }
}

/// `name` as an identifier: what generated clients call their methods by.
pub(super) fn identifier(name: &str) -> String {
    name.chars().map(|character| if character.is_alphanumeric() { character } else { '_' }).collect()
}
