//! The form in which a client wants its answer.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::object::{self, Kind};
use super::path::Path;
use super::reader::Reader;
use super::request_error::RequestError;
use super::tool::read_flag;

/// The form in which a client wants its answer.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub enum ResponseFormat {
    /// Any text; also when nothing was said.
    #[default]
    Text,
    /// A JSON object, whichever.
    JsonObject,
    /// JSON that fits a schema.
    JsonSchema {
        /// The schema's name.
        name: String,
        /// The schema as it was written: the order of properties matters to models. `{}` if there was none.
        schema: Box<RawValue>,
        /// Whether the answer must fit exactly.
        strict: bool,
    },
    /// Another form, verbatim.
    Other(Box<RawValue>),
}

impl ResponseFormat {
    /// JSON that fits `schema`; with `strict`, exactly.
    ///
    /// ```
    /// use alphora_runtime::wire::ResponseFormat;
    /// use serde_json::json;
    ///
    /// let format = ResponseFormat::json_schema("city", &json!({ "type": "string" }), true)?;
    /// assert_eq!(
    ///     serde_json::to_string(&format)?,
    ///     r#"{"type":"json_schema","json_schema":{"name":"city","schema":{"type":"string"},"strict":true}}"#,
    /// );
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    ///
    /// # Errors
    /// `schema` cannot be written as JSON.
    pub fn json_schema(
        name: impl Into<String>,
        schema: &(impl Serialize + ?Sized),
        strict: bool,
    ) -> Result<Self, serde_json::Error> {
        let schema = serde_json::value::to_raw_value(schema)?;
        Ok(Self::JsonSchema { name: name.into(), schema, strict })
    }

    pub(super) fn read<'a>(
        reader: &mut Reader<'a>,
        raw: &'a RawValue,
        path: &Path<'_>,
    ) -> Result<Self, RequestError> {
        expect_object(raw, path)?;
        let kind = object::find(raw, "type").ok_or_else(|| RequestError::missing(&path.field("type")))?;
        match &*reader.text(kind, &path.field("type"))? {
            "text" => Ok(Self::Text),
            "json_object" => Ok(Self::JsonObject),
            "json_schema" => {
                let path = path.field("json_schema");
                let format = object::find(raw, "json_schema").ok_or_else(|| RequestError::missing(&path))?;
                expect_object(format, &path)?;
                let at_name = path.field("name");
                let name = object::find(format, "name").ok_or_else(|| RequestError::missing(&at_name))?;
                Ok(Self::JsonSchema {
                    name: reader.string(name, &at_name)?,
                    schema: read_schema(object::find(format, "schema"), &path.field("schema"))?,
                    strict: read_flag(object::find(format, "strict"), &path.field("strict"))?
                        .unwrap_or(false),
                })
            }
            _ => Ok(Self::Other(raw.to_owned())),
        }
    }
}

fn read_schema(raw: Option<&RawValue>, path: &Path<'_>) -> Result<Box<RawValue>, RequestError> {
    match raw.filter(|raw| Kind::of(raw) != Kind::Null) {
        Some(schema) => expect_object(schema, path).map(|()| schema.to_owned()),
        // A schema that says nothing fits everything.
        None => RawValue::from_string("{}".to_owned()).map_err(|error| RequestError::misfit(path, &error)),
    }
}

fn expect_object(raw: &RawValue, path: &Path<'_>) -> Result<(), RequestError> {
    match Kind::of(raw) {
        Kind::Object => Ok(()),
        _ => Err(RequestError::invalid_type(path, "an object", raw)),
    }
}

/// As OpenAI writes it.
impl Serialize for ResponseFormat {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let kind = match self {
            Self::Text => "text",
            Self::JsonObject => "json_object",
            Self::JsonSchema { .. } => "json_schema",
            Self::Other(form) => return form.serialize(serializer),
        };
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("type", kind)?;
        if let Self::JsonSchema { name, schema, strict } = self {
            map.serialize_entry("json_schema", &Named { name, schema, strict: *strict })?;
        }
        map.end()
    }
}

#[derive(Serialize)]
struct Named<'a> {
    name: &'a str,
    schema: &'a RawValue,
    strict: bool,
}
