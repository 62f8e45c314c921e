//! A tool that an assistant wants called.

use std::fmt;

use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use super::Fields;
use super::object::Kind;
use super::path::Path;
use super::reader::{Reader, once};
use super::request_error::RequestError;
use crate::hidden::Hidden;

/// A tool that an assistant wants called: one entry of its message's `tool_calls`.
///
/// ```
/// use alphora_runtime::wire::ToolCall;
///
/// let call = ToolCall::new("call_1", "get_weather", r#"{"city":"Rome"}"#);
/// assert_eq!(
///     serde_json::to_string(&call).unwrap(),
///     r#"{"id":"call_1","type":"function","function":{"name":"get_weather","arguments":"{\"city\":\"Rome\"}"}}"#,
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ToolCall {
    /// Names the call; the message with its result repeats it as `tool_call_id`.
    pub id: String,
    /// `type` on the wire: `function`, or another sort whose fields are in `extra`.
    pub kind: String,
    /// Which function, with which arguments; empty for other sorts of calls.
    pub function: FunctionCall,
    /// Every other field, verbatim.
    pub extra: Fields,
}

/// Which function is called, with which arguments.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct FunctionCall {
    /// The function's name.
    pub name: String,
    /// The arguments as JSON text. A model wrote it: it may not be JSON, nor fit the function.
    pub arguments: String,
    /// Every other field, verbatim.
    pub extra: Fields,
}

impl ToolCall {
    /// A call of the function `name`; `arguments` is JSON text.
    pub fn new(id: impl Into<String>, name: impl Into<String>, arguments: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            kind: "function".to_owned(),
            function: FunctionCall { name: name.into(), arguments: arguments.into(), extra: Fields::new() },
            extra: Fields::new(),
        }
    }

    pub(super) fn read<'a>(
        reader: &mut Reader<'a>,
        raw: &'a RawValue,
        path: &Path<'_>,
    ) -> Result<Self, RequestError> {
        let (mut id, mut kind, mut function) = (None, None, None);
        let mut extra = Fields::new();
        reader.fields(raw, path, |reader, key, value| match &*key {
            "id" => once(&mut id, value, &path.field("id")),
            "type" => once(&mut kind, value, &path.field("type")),
            "function" => once(&mut function, value, &path.field("function")),
            _ => {
                reader.detail()?;
                extra.push(key.into(), value.to_owned());
                Ok(())
            }
        })?;
        Ok(Self {
            id: reader.optional_string(id, &path.field("id"))?.unwrap_or_default(),
            kind: reader.optional_string(kind, &path.field("type"))?.unwrap_or_else(|| "function".to_owned()),
            function: match function.filter(|raw| Kind::of(raw) != Kind::Null) {
                Some(function) => FunctionCall::read(reader, function, &path.field("function"))?,
                None => FunctionCall::default(),
            },
            extra,
        })
    }
}

impl FunctionCall {
    fn read<'a>(reader: &mut Reader<'a>, raw: &'a RawValue, path: &Path<'_>) -> Result<Self, RequestError> {
        let (mut name, mut arguments) = (None, None);
        let mut extra = Fields::new();
        reader.fields(raw, path, |reader, key, value| match &*key {
            "name" => once(&mut name, value, &path.field("name")),
            "arguments" => once(&mut arguments, value, &path.field("arguments")),
            _ => {
                reader.detail()?;
                extra.push(key.into(), value.to_owned());
                Ok(())
            }
        })?;
        let arguments = match arguments {
            // OpenAI has a string here; some model servers' clients send the object itself.
            Some(object) if Kind::of(object) == Kind::Object => object.get().to_owned(),
            other => reader.optional_string(other, &path.field("arguments"))?.unwrap_or_default(),
        };
        let name = reader.optional_string(name, &path.field("name"))?.unwrap_or_default();
        Ok(Self { name, arguments, extra })
    }
}

impl Serialize for ToolCall {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("id", &self.id)?;
        map.serialize_entry("type", &self.kind)?;
        if self.kind == "function" || self.function != FunctionCall::default() {
            map.serialize_entry("function", &self.function)?;
        }
        self.extra.write(&mut map)?;
        map.end()
    }
}

impl Serialize for FunctionCall {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("name", &self.name)?;
        map.serialize_entry("arguments", &self.arguments)?;
        self.extra.write(&mut map)?;
        map.end()
    }
}

/// From JSON only, as [`Message`](super::Message).
impl<'de> Deserialize<'de> for ToolCall {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        super::reader::deserialize(deserializer, Self::read)
    }
}

/// Which function, not with which arguments.
impl fmt::Debug for FunctionCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FunctionCall")
            .field("name", &self.name)
            .field("arguments", &Hidden(&self.arguments))
            .field("extra", &self.extra)
            .finish()
    }
}
