//! One part of a message's content.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};

use super::object;
use super::path::Path;
use super::reader::{Reader, once};
use super::request_error::RequestError;
use crate::hidden::Hidden;

/// One part of a message's content, kept verbatim: a text, an image, audio, a file, or what is yet to come.
///
/// ```
/// use alphora_runtime::wire::ContentPart;
///
/// let part = ContentPart::new(serde_json::json!({
///     "type": "input_audio",
///     "input_audio": {"data": "AAAA", "format": "wav"},
/// }))
/// .unwrap();
/// assert_eq!(part.kind(), "input_audio");
/// assert_eq!(part.field("input_audio").unwrap().get(), r#"{"data":"AAAA","format":"wav"}"#);
/// assert_eq!(part.text(), None);
/// ```
#[derive(Clone)]
pub struct ContentPart(Box<RawValue>);

/// An image: a URL, which may be a `data:` URL that holds it.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ImageUrl<'a> {
    /// The URL.
    pub url: Cow<'a, str>,
    /// How closely to look: `auto`, `low` or `high`.
    pub detail: Option<Cow<'a, str>>,
}

impl ContentPart {
    /// A text.
    pub fn from_text(text: impl AsRef<str>) -> Self {
        #[derive(Serialize)]
        struct Text<'a> {
            r#type: &'static str,
            text: &'a str,
        }
        Self::of(&Text { r#type: "text", text: text.as_ref() })
    }

    /// An image by its URL.
    pub fn from_image_url(url: impl AsRef<str>) -> Self {
        #[derive(Serialize)]
        struct Image<'a> {
            r#type: &'static str,
            image_url: Url<'a>,
        }
        #[derive(Serialize)]
        struct Url<'a> {
            url: &'a str,
        }
        Self::of(&Image { r#type: "image_url", image_url: Url { url: url.as_ref() } })
    }

    /// A part of any kind.
    ///
    /// # Errors
    /// `part` is no JSON object, or its `type`, or the `text` of a text, is no string.
    pub fn new(part: impl Serialize) -> Result<Self, RequestError> {
        let raw =
            to_raw_value(&part).map_err(|error| RequestError::misfit(&Path::ROOT.field("part"), &error))?;
        Self::read(&mut Reader::new(raw.get()), &raw, &Path::ROOT)
    }

    /// What sort of part this is, `text` or `image_url` for example; empty if it does not say.
    pub fn kind(&self) -> Cow<'_, str> {
        self.string("type").unwrap_or_default()
    }

    /// The text, if this part is one.
    pub fn text(&self) -> Option<Cow<'_, str>> {
        if self.kind() == "text" { self.string("text") } else { None }
    }

    /// The image, if this part is one.
    pub fn image_url(&self) -> Option<ImageUrl<'_>> {
        let image = self.field("image_url")?;
        // Some clients write the URL itself where OpenAI has an object.
        if let Some(url) = object::string(image) {
            return Some(ImageUrl { url, detail: None });
        }
        let url = object::find(image, "url").and_then(object::string)?;
        Some(ImageUrl { url, detail: object::find(image, "detail").and_then(object::string) })
    }

    /// The JSON of one of its fields, the first of that name.
    pub fn field(&self, name: &str) -> Option<&RawValue> {
        object::find(&self.0, name)
    }

    /// The JSON of the whole part.
    pub fn raw(&self) -> &RawValue {
        &self.0
    }

    pub(super) fn read<'a>(
        reader: &mut Reader<'a>,
        raw: &'a RawValue,
        path: &Path<'_>,
    ) -> Result<Self, RequestError> {
        let (mut kind, mut text) = (None, None);
        reader.fields(raw, path, |_, name, value| match &*name {
            "type" => once(&mut kind, value, &path.field("type")),
            "text" => once(&mut text, value, &path.field("text")),
            _ => Ok(()),
        })?;
        if let Some(kind) = kind {
            let kind_of_part = reader.text(kind, &path.field("type"))?;
            if let (Some(text), "text") = (text, &*kind_of_part) {
                reader.text(text, &path.field("text"))?;
            }
        }
        Ok(Self(raw.to_owned()))
    }

    /// A part of a type that always fits.
    fn of(part: &impl Serialize) -> Self {
        Self(to_raw_value(part).unwrap_or_default())
    }

    fn string(&self, name: &str) -> Option<Cow<'_, str>> {
        self.field(name).and_then(object::string)
    }
}

impl From<&str> for ContentPart {
    fn from(text: &str) -> Self {
        Self::from_text(text)
    }
}

impl PartialEq for ContentPart {
    fn eq(&self, other: &Self) -> bool {
        self.0.get() == other.0.get()
    }
}

impl Eq for ContentPart {}

impl fmt::Debug for ImageUrl<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ImageUrl").field("url", &Hidden(&self.url)).field("detail", &self.detail).finish()
    }
}

impl fmt::Debug for ContentPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ContentPart").field(&self.kind()).field(&Hidden(self.0.get())).finish()
    }
}

impl Serialize for ContentPart {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for ContentPart {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        super::reader::deserialize(deserializer, Self::read)
    }
}
