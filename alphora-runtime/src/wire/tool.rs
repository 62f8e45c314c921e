//! The tools that a client offers, and whether it wants one called.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::Fields;
use super::object::{self, Kind};
use super::path::Path;
use super::reader::{Reader, once};
use super::request_error::RequestError;

/// A tool that a client offers: one entry of `tools`.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ToolDefinition {
    /// `type` on the wire: `function`, or another sort (`custom`) whose fields are in `extra`.
    pub kind: String,
    /// The tool's name; empty if its sort has none.
    pub name: String,
    /// What it does, in words for a model.
    pub description: Option<String>,
    /// The JSON schema of its arguments, as it was written: the order of properties matters to models.
    pub parameters: Option<Box<RawValue>>,
    /// Whether arguments must fit the schema exactly.
    pub strict: Option<bool>,
    /// Every other field of the entry, verbatim.
    pub extra: Fields,
}

impl ToolDefinition {
    /// A function without arguments.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            kind: "function".to_owned(),
            name: name.into(),
            description: None,
            parameters: None,
            strict: None,
            extra: Fields::new(),
        }
    }

    /// The same tool with words for a model.
    #[must_use]
    pub fn with_description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// The same tool with the JSON schema of its arguments.
    #[must_use]
    pub fn with_parameters(mut self, schema: Box<RawValue>) -> Self {
        self.parameters = Some(schema);
        self
    }

    /// The same tool whose arguments must fit the schema exactly, or need not.
    #[must_use]
    pub fn with_strict(mut self, strict: bool) -> Self {
        self.strict = Some(strict);
        self
    }

    pub(super) fn read<'a>(
        reader: &mut Reader<'a>,
        raw: &'a RawValue,
        path: &Path<'_>,
    ) -> Result<Self, RequestError> {
        let (mut kind, mut function) = (None, None);
        let mut tool = Self::new("");
        reader.fields(raw, path, |reader, key, value| match &*key {
            "type" => once(&mut kind, value, &path.field("type")),
            "function" => once(&mut function, value, &path.field("function")),
            _ => {
                reader.detail()?;
                tool.extra.push(key.into(), value.to_owned());
                Ok(())
            }
        })?;
        if let Some(kind) = reader.optional_string(kind, &path.field("type"))? {
            tool.kind = kind;
        }
        let at_function = path.field("function");
        match function {
            Some(function) => tool.read_function(reader, function, &at_function)?,
            None if tool.kind == "function" => return Err(RequestError::missing(&at_function)),
            None => tool.read_other(),
        }
        Ok(tool)
    }

    fn read_function<'a>(
        &mut self,
        reader: &mut Reader<'a>,
        raw: &'a RawValue,
        path: &Path<'_>,
    ) -> Result<(), RequestError> {
        let (mut name, mut description, mut parameters, mut strict) = (None, None, None, None);
        reader.fields(raw, path, |_, key, value| match &*key {
            "name" => once(&mut name, value, &path.field("name")),
            "description" => once(&mut description, value, &path.field("description")),
            "parameters" => once(&mut parameters, value, &path.field("parameters")),
            "strict" => once(&mut strict, value, &path.field("strict")),
            _ => Ok(()),
        })?;
        let name = name.ok_or_else(|| RequestError::missing(&path.field("name")))?;
        self.name = reader.string(name, &path.field("name"))?;
        self.description = reader.optional_string(description, &path.field("description"))?;
        self.strict = read_flag(strict, &path.field("strict"))?;
        self.parameters = match parameters.filter(|raw| Kind::of(raw) != Kind::Null) {
            Some(schema) if Kind::of(schema) != Kind::Object => {
                return Err(RequestError::invalid_type(&path.field("parameters"), "an object", schema));
            }
            schema => schema.map(ToOwned::to_owned),
        };
        Ok(())
    }

    /// Other sorts have an object called like the sort, with a name in it: `{"type": "custom", "custom": {..}}`.
    fn read_other(&mut self) {
        let of_sort = self.extra.get(&self.kind).filter(|raw| Kind::of(raw) == Kind::Object);
        let text = |name| of_sort.and_then(|raw| object::find(raw, name)).and_then(object::string);
        let (name, description) =
            (text("name").unwrap_or_default().into_owned(), text("description").map(Into::into));
        (self.name, self.description) = (name, description);
    }
}

/// `true`, `false`, or `null` for neither.
pub(super) fn read_flag(raw: Option<&RawValue>, path: &Path<'_>) -> Result<Option<bool>, RequestError> {
    match raw.map(|raw| (raw, raw.get())) {
        None | Some((_, "null")) => Ok(None),
        Some((_, "true")) => Ok(Some(true)),
        Some((_, "false")) => Ok(Some(false)),
        Some((raw, _)) => Err(RequestError::invalid_type(path, "a boolean", raw)),
    }
}

impl Serialize for ToolDefinition {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("type", &self.kind)?;
        if self.kind == "function" {
            map.serialize_entry("function", &Function(self))?;
        }
        self.extra.write(&mut map)?;
        map.end()
    }
}

struct Function<'a>(&'a ToolDefinition);

impl Serialize for Function<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("name", &self.0.name)?;
        if let Some(description) = &self.0.description {
            map.serialize_entry("description", description)?;
        }
        if let Some(parameters) = &self.0.parameters {
            map.serialize_entry("parameters", parameters)?;
        }
        if let Some(strict) = self.0.strict {
            map.serialize_entry("strict", &strict)?;
        }
        map.end()
    }
}

/// Whether a client wants a tool called.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub enum ToolChoice {
    /// `none`: no tool.
    None,
    /// `auto`, or nothing said: as the model likes.
    #[default]
    Auto,
    /// `required`: one or more, whichever.
    Required,
    /// This function.
    Function {
        /// Its name.
        name: String,
    },
    /// Another wish, verbatim: `allowed_tools`, `custom`, or a word that is yet to come.
    Other(Box<RawValue>),
}

impl ToolChoice {
    /// The function `name`, and no other.
    pub fn function(name: impl Into<String>) -> Self {
        Self::Function { name: name.into() }
    }

    pub(super) fn read<'a>(
        reader: &mut Reader<'a>,
        raw: &'a RawValue,
        path: &Path<'_>,
    ) -> Result<Self, RequestError> {
        match Kind::of(raw) {
            Kind::String => Ok(match &*reader.text(raw, path)? {
                "none" => Self::None,
                "auto" => Self::Auto,
                "required" => Self::Required,
                _ => Self::Other(raw.to_owned()),
            }),
            Kind::Object => {
                let kind =
                    object::find(raw, "type").ok_or_else(|| RequestError::missing(&path.field("type")))?;
                if reader.text(kind, &path.field("type"))? != "function" {
                    return Ok(Self::Other(raw.to_owned()));
                }
                let path = path.field("function");
                let function = object::find(raw, "function").ok_or_else(|| RequestError::missing(&path))?;
                if Kind::of(function) != Kind::Object {
                    return Err(RequestError::invalid_type(&path, "an object", function));
                }
                let path = path.field("name");
                let name = object::find(function, "name").ok_or_else(|| RequestError::missing(&path))?;
                Ok(Self::Function { name: reader.string(name, &path)? })
            }
            _ => Err(RequestError::invalid_type(path, "a string or an object", raw)),
        }
    }
}

/// As OpenAI writes it.
impl Serialize for ToolChoice {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::None => serializer.serialize_str("none"),
            Self::Auto => serializer.serialize_str("auto"),
            Self::Required => serializer.serialize_str("required"),
            Self::Function { name } => {
                let mut map = serializer.serialize_map(Some(2))?;
                map.serialize_entry("type", "function")?;
                map.serialize_entry("function", &Named { name })?;
                map.end()
            }
            Self::Other(wish) => wish.serialize(serializer),
        }
    }
}

#[derive(Serialize)]
struct Named<'a> {
    name: &'a str,
}
