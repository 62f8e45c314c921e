//! What a message says.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use super::ContentPart;
use super::object::Kind;
use super::path::Path;
use super::reader::{MAX_LIST, Reader};
use super::request_error::RequestError;
use crate::hidden::Hidden;

/// What a message says: nothing, a text, a list of parts, or an object that is kept as it came.
///
/// ```
/// use alphora_runtime::wire::{Content, ContentPart};
///
/// let parts = Content::Parts(vec![ContentPart::from_text("what is "), ContentPart::from_text("this?")]);
/// assert_eq!(parts.text(), "what is this?");
/// ```
#[derive(Clone, Default)]
#[non_exhaustive]
pub enum Content {
    /// `null`, or no `content` at all.
    #[default]
    Null,
    /// A text.
    Text(String),
    /// Texts, images, audio, files.
    Parts(Vec<ContentPart>),
    /// Any JSON object, verbatim.
    Object(Box<RawValue>),
}

impl Content {
    /// The text: a string as it is, the text parts joined with nothing between, the JSON of an object.
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Null => Cow::Borrowed(""),
            Self::Text(text) => Cow::Borrowed(text),
            Self::Object(raw) => Cow::Borrowed(raw.get()),
            Self::Parts(parts) => parts
                .iter()
                .filter_map(ContentPart::text)
                .reduce(|joined, text| Cow::Owned(joined.into_owned() + &text))
                .unwrap_or_default(),
        }
    }

    /// Whether there is nothing: `null`, an empty string or an empty list.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Text(text) => text.is_empty(),
            Self::Parts(parts) => parts.is_empty(),
            Self::Object(_) => false,
        }
    }

    pub(super) fn read<'a>(
        reader: &mut Reader<'a>,
        raw: &'a RawValue,
        path: &Path<'_>,
    ) -> Result<Self, RequestError> {
        match Kind::of(raw) {
            Kind::Null => Ok(Self::Null),
            Kind::String => reader.string(raw, path).map(Self::Text),
            Kind::Object => Ok(Self::Object(raw.to_owned())),
            Kind::Array => {
                let mut parts = Vec::new();
                reader.items(raw, path, (MAX_LIST, "parts"), |reader, path, raw| {
                    reader.detail()?;
                    parts.push(ContentPart::read(reader, raw, &path)?);
                    Ok(())
                })?;
                Ok(Self::Parts(parts))
            }
            Kind::Number | Kind::Boolean => {
                Err(RequestError::invalid_type(path, "a string, an array of parts, an object or null", raw))
            }
        }
    }
}

impl PartialEq for Content {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Text(a), Self::Text(b)) => a == b,
            (Self::Parts(a), Self::Parts(b)) => a == b,
            (Self::Object(a), Self::Object(b)) => a.get() == b.get(),
            _ => false,
        }
    }
}

impl Eq for Content {}

impl From<&str> for Content {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Content {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&String> for Content {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<Cow<'_, str>> for Content {
    fn from(text: Cow<'_, str>) -> Self {
        Self::Text(text.into_owned())
    }
}

impl From<Vec<ContentPart>> for Content {
    fn from(parts: Vec<ContentPart>) -> Self {
        Self::Parts(parts)
    }
}

impl Serialize for Content {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Parts(parts) => parts.serialize(serializer),
            Self::Object(raw) => raw.serialize(serializer),
        }
    }
}

/// From JSON only: what is kept verbatim cannot pass through another format, nor through serde's `flatten`,
/// `untagged` or internally tagged enums.
impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        super::reader::deserialize(deserializer, Self::read)
    }
}

/// How much is said, not what.
impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("Null"),
            Self::Text(text) => f.debug_tuple("Text").field(&Hidden(text)).finish(),
            Self::Parts(parts) => f.debug_tuple("Parts").field(parts).finish(),
            Self::Object(raw) => f.debug_tuple("Object").field(&Hidden(raw.get())).finish(),
        }
    }
}
