//! How large a schema may be in strict mode.

use serde_json::Value;

use super::SchemaError;

/// OpenAI's limits on one schema.
const MOST_PROPERTIES: usize = 5_000;
const DEEPEST_NESTING: usize = 10;
const MOST_VALUES: usize = 1_000;
/// Names of properties and definitions, and all texts in `enum` and `const`, in characters.
const MOST_CHARACTERS: usize = 120_000;
/// An `enum` of more texts than this is a large one, and its texts are bounded together, in characters.
const LARGE_ENUM: usize = 250;
const MOST_CHARACTERS_OF_LARGE_ENUM: usize = 15_000;

#[derive(Default)]
struct Size {
    properties: usize,
    nesting: usize,
    values: usize,
    characters: usize,
    /// The characters in the largest of all large enums.
    large_enum: usize,
}

/// Whether strict mode accepts a schema as large as `root`.
pub(super) fn check(root: &Value) -> Result<(), SchemaError> {
    let mut size = Size::default();
    size.add(root, 0);
    let exceeded = |what: &str, number: usize, most: usize| {
        SchemaError::new("", format!("has {number} {what}, and strict mode takes at most {most}"))
    };
    if size.properties > MOST_PROPERTIES {
        return Err(exceeded("properties", size.properties, MOST_PROPERTIES));
    }
    if size.nesting > DEEPEST_NESTING {
        return Err(exceeded("objects in each other", size.nesting, DEEPEST_NESTING));
    }
    if size.values > MOST_VALUES {
        return Err(exceeded("values of enums", size.values, MOST_VALUES));
    }
    if size.characters > MOST_CHARACTERS {
        return Err(exceeded("characters in names and values", size.characters, MOST_CHARACTERS));
    }
    if size.large_enum > MOST_CHARACTERS_OF_LARGE_ENUM {
        let what = format!("characters in an enum of more than {LARGE_ENUM} texts");
        return Err(exceeded(&what, size.large_enum, MOST_CHARACTERS_OF_LARGE_ENUM));
    }
    Ok(())
}

impl Size {
    fn add(&mut self, schema: &Value, nesting: usize) {
        let Value::Object(schema) = schema else { return };
        let is_object = schema.contains_key("properties");
        let nesting = nesting + usize::from(is_object);
        self.nesting = self.nesting.max(nesting);
        for (keyword, value) in schema {
            match (keyword.as_str(), value) {
                ("properties" | "$defs" | "definitions", Value::Object(schemas)) => {
                    let is_properties = keyword == "properties";
                    for (name, schema) in schemas {
                        self.properties += usize::from(is_properties);
                        self.characters += name.chars().count();
                        self.add(schema, if is_properties { nesting } else { 0 });
                    }
                }
                ("anyOf", Value::Array(branches)) => {
                    for branch in branches {
                        self.add(branch, nesting);
                    }
                }
                ("items", items) => self.add(items, nesting),
                ("enum", Value::Array(values)) => {
                    let texts: Vec<_> = values.iter().filter_map(Value::as_str).collect();
                    let characters = texts.iter().map(|text| text.chars().count()).sum();
                    self.values += values.len();
                    self.characters += characters;
                    if texts.len() > LARGE_ENUM {
                        self.large_enum = self.large_enum.max(characters);
                    }
                }
                ("const", Value::String(value)) => self.characters += value.chars().count(),
                _ => {}
            }
        }
    }
}
