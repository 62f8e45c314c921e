//! The form in which a client wants its answer.

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
