//! The schemas that types say they have.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::Value;

use super::reference::resolve;

/// Makes schemas of what is read, not of what is written: a field that may be left out is not required.
pub(crate) fn generator() -> SchemaGenerator {
    SchemaSettings::draft2020_12().for_deserialize().into_generator()
}

/// The schema of `T`, with its definitions under `$defs`, and with `T` itself among them.
pub(crate) fn schema_of<T: JsonSchema>() -> Value {
    let mut generator = generator();
    let mut schema = generator.subschema_for::<T>().to_value();
    let definitions = generator.take_definitions(true);
    if definitions.is_empty() {
        return schema;
    }
    schema["$defs"] = definitions.into();
    // A root that only refers is what some servers do not read, and what strict mode does not allow.
    let named = schema["$ref"].as_str().and_then(|to| resolve(to, &schema)).cloned();
    if let Some(mut named @ Value::Object(_)) = named {
        named["$defs"] = schema["$defs"].take();
        return named;
    }
    schema
}
