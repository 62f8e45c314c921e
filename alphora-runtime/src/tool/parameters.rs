//! What a tool takes, as a JSON schema under construction.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

use crate::schema::{generator, schema_of, takes_null};

/// What a tool takes: the JSON schema of an object whose properties are the parameters, in order.
///
/// ```
/// use alphora_runtime::tool::ToolParameters;
///
/// let parameters = ToolParameters::new()
///     .with::<String>("query", "what to look for")
///     .with::<Option<u32>>("limit", "");
/// assert_eq!(
///     parameters.schema().to_string(),
///     r#"{"type":"object","properties":{"query":{"type":"string","description":"what to look for"},"limit":{"type":["integer","null"],"format":"uint32","minimum":0}},"required":["query"],"additionalProperties":false}"#,
/// );
/// ```
#[derive(Debug, Clone)]
pub struct ToolParameters(Source);

#[derive(Debug, Clone)]
enum Source {
    Properties(Vec<Property>),
    Schema(Value),
}

/// A parameter. Its type is kept as what makes its schema, because all schemas of a tool share their definitions.
#[derive(Debug, Clone)]
struct Property {
    name: String,
    description: String,
    schema: fn(&mut SchemaGenerator) -> Schema,
}

impl ToolParameters {
    /// A tool without parameters.
    pub fn new() -> Self {
        Self(Source::Properties(Vec::new()))
    }

    /// The same with the parameter `name` of type `T`, and words for a model unless they are empty.
    ///
    /// A type that takes `null`, such as `Option`, makes a parameter that may be left out. Parameters of a schema
    /// that came from [`of`](Self::of) or [`from_schema`](Self::from_schema) stay as they are.
    #[must_use]
    pub fn with<T: JsonSchema>(mut self, name: &str, description: &str) -> Self {
        if let Source::Properties(properties) = &mut self.0 {
            properties.push(Property {
                name: name.to_owned(),
                description: description.to_owned(),
                schema: SchemaGenerator::subschema_for::<T>,
            });
        }
        self
    }

    /// The fields of `T` are the parameters.
    pub fn of<T: JsonSchema>() -> Self {
        Self(Source::Schema(schema_of::<T>()))
    }

    /// A schema of any origin. It is the schema of an object, with its definitions under `$defs`.
    pub fn from_schema(schema: Value) -> Self {
        Self(Source::Schema(schema))
    }

    /// The schema as the types say it, before strict mode changes it.
    pub fn schema(&self) -> Value {
        match &self.0 {
            Source::Schema(schema) => schema.clone(),
            Source::Properties(properties) => schema_of_object(properties),
        }
    }
}

fn schema_of_object(parameters: &[Property]) -> Value {
    let mut generator = generator();
    let mut properties = Map::new();
    for Property { name, description, schema } in parameters {
        let mut schema = schema(&mut generator);
        if !description.is_empty() {
            schema.insert("description".to_owned(), description.as_str().into());
        }
        properties.insert(name.clone(), schema.to_value());
    }
    let definitions = generator.take_definitions(true);
    let mut schema = json!({
        "type": "object",
        "properties": properties,
        "required": [],
        "additionalProperties": false,
    });
    if !definitions.is_empty() {
        schema["$defs"] = definitions.into();
    }
    let required = properties.iter().filter(|(_, property)| !takes_null(property, &schema));
    schema["required"] = required.map(|(name, _)| name.as_str()).collect();
    schema
}

impl Default for ToolParameters {
    fn default() -> Self {
        Self::new()
    }
}
