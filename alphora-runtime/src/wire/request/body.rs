//! From the bytes of a body to a request, and back.

use std::borrow::Cow;

use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use super::OpenAIRequest;
use crate::wire::Message;
use crate::wire::object::{self, Kind, Stopped};
use crate::wire::path::Path;
use crate::wire::reader::{MAX_FIELDS, MAX_MESSAGES, Reader, end_of, once};
use crate::wire::request_error::RequestError;
use crate::wire::tool::read_flag;

impl OpenAIRequest {
    /// Reads a body.
    ///
    /// Fields that are not known are kept as they came; roles and content parts may be any. What is kept takes a
    /// small multiple of the body's size: a request has at most 10,000 messages, 1,000 fields, 10,000 content
    /// parts a message, and 100,000 content parts, tool calls and unknown fields of messages in all.
    ///
    /// # Errors
    /// The body is no JSON object, a known field has a wrong type or occurs twice, a message lacks its role, more
    /// than one answer is asked for (`n`), or a limit is passed.
    pub fn from_slice(body: &[u8]) -> Result<Self, RequestError> {
        match std::str::from_utf8(body) {
            Ok(text) => Self::read_plain(text).map_or_else(|| Self::read(text), Ok),
            Err(error) => {
                let before =
                    body.get(..error.valid_up_to()).and_then(|valid| std::str::from_utf8(valid).ok());
                let (line, column) = end_of(before.unwrap_or_default());
                Err(RequestError::invalid_json(format!(
                    "the request body is not UTF-8 at line {line} column {column}",
                    column = column + 1
                )))
            }
        }
    }

    pub(super) fn read(text: &str) -> Result<Self, RequestError> {
        let mut request = Self::default();
        let mut reader = Reader::new(text);
        let mut seen = Seen::default();
        object::for_each_field(text, |name, value| {
            seen.check(&name)?;
            request.assign(&mut reader, name, value)
        })
        .map_err(|stopped| match stopped {
            Stopped::Refused(error) => error,
            Stopped::Json(error) => not_an_object(text, &error),
        })?;
        Ok(request)
    }

    /// Takes over one field of a body.
    pub(super) fn assign<'a>(
        &mut self,
        reader: &mut Reader<'a>,
        name: Cow<'a, str>,
        value: &'a RawValue,
    ) -> Result<(), RequestError> {
        let path = Path::ROOT.field(&name);
        match &*name {
            "model" => self.model = reader.optional_string(Some(value), &path)?,
            "messages" => self.messages = read_messages(reader, value, &path)?,
            "stream" => {
                self.stream_given = read_flag(Some(value), &path)?;
                self.stream = self.stream_given.unwrap_or(true);
            }
            "session_id" => {
                self.session_id = reader.optional_string(Some(value), &path)?.filter(|id| !id.is_empty());
            }
            "user" => self.user = reader.optional_string(Some(value), &path)?,
            _ => {
                match &*name {
                    "n" => check_n(value, &path)?,
                    "stream_options" => check_stream_options(reader, value, &path)?,
                    _ => {}
                }
                self.fields.push(name.into(), value.to_owned());
            }
        }
        Ok(())
    }
}

/// Which fields a body has had so far.
#[derive(Default)]
struct Seen {
    known: [bool; KNOWN.len()],
    all: usize,
}

/// The fields that are read and checked here. Two of one name could mean one thing to us and another to a proxy.
const KNOWN: [&str; 7] = ["model", "messages", "stream", "session_id", "user", "n", "stream_options"];

impl Seen {
    fn check(&mut self, name: &str) -> Result<(), RequestError> {
        self.all += 1;
        if self.all > MAX_FIELDS {
            return Err(RequestError::too_many(&Path::ROOT, "fields", MAX_FIELDS));
        }
        let known = KNOWN.iter().position(|known| *known == name).and_then(|index| self.known.get_mut(index));
        match known.map(|seen| std::mem::replace(seen, true)) {
            Some(true) => Err(RequestError::duplicate(&Path::ROOT.field(name))),
            _ => Ok(()),
        }
    }
}

fn read_messages<'a>(
    reader: &mut Reader<'a>,
    raw: &'a RawValue,
    path: &Path<'_>,
) -> Result<Vec<Message>, RequestError> {
    let mut messages = Vec::new();
    if Kind::of(raw) != Kind::Null {
        reader.items(raw, path, (MAX_MESSAGES, "messages"), |reader, path, raw| {
            messages.push(Message::read(reader, raw, &path)?);
            Ok(())
        })?;
    }
    Ok(messages)
}

/// One answer is all that a run gives.
#[expect(clippy::float_cmp, reason = "1, 1.0 and 1e0 are exactly one, and nothing else is")]
fn check_n(raw: &RawValue, path: &Path<'_>) -> Result<(), RequestError> {
    match Kind::of(raw) {
        Kind::Null => Ok(()),
        Kind::Number if raw.get().parse::<f64>().is_ok_and(|n| n == 1.0) => Ok(()),
        Kind::Number => Err(RequestError::unsupported(path, "only one answer a request can be served", raw)),
        _ => Err(RequestError::invalid_type(path, "a number", raw)),
    }
}

/// The server acts on `include_usage` before an agent could refuse it, so it is checked with the body.
fn check_stream_options<'a>(
    reader: &mut Reader<'a>,
    raw: &'a RawValue,
    path: &Path<'_>,
) -> Result<(), RequestError> {
    if Kind::of(raw) == Kind::Null {
        return Ok(());
    }
    let mut include_usage = None;
    reader.fields(raw, path, |_, name, value| match &*name {
        "include_usage" => once(&mut include_usage, value, &path.field("include_usage")),
        _ => Ok(()),
    })?;
    read_flag(include_usage, &path.field("include_usage")).map(drop)
}

fn not_an_object(text: &str, error: &serde_json::Error) -> RequestError {
    if text.trim_ascii().is_empty() {
        return RequestError::invalid_json(
            "the request body is empty: a JSON object was expected (line 1 column 1)",
        );
    }
    if error.is_data() {
        let found = match text.trim_ascii_start().as_bytes().first() {
            Some(b'[') => Kind::Array,
            Some(b'"') => Kind::String,
            Some(b'n') => Kind::Null,
            Some(b't' | b'f') => Kind::Boolean,
            _ => Kind::Number,
        };
        return RequestError::not_an_object(found);
    }
    RequestError::invalid_json(format!("the request body is not valid JSON: {error}"))
}

impl Serialize for OpenAIRequest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Some(model) = &self.model {
            map.serialize_entry("model", model)?;
        }
        map.serialize_entry("messages", &self.messages)?;
        // `true` is what an absent field says.
        if self.stream_given.is_some() || !self.stream {
            map.serialize_entry("stream", &self.stream)?;
        }
        if let Some(session_id) = &self.session_id {
            map.serialize_entry("session_id", session_id)?;
        }
        if let Some(user) = &self.user {
            map.serialize_entry("user", user)?;
        }
        self.fields.write(&mut map)?;
        map.end()
    }
}

/// From JSON only, as [`Message`].
impl<'de> Deserialize<'de> for OpenAIRequest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <Box<RawValue>>::deserialize(deserializer)?;
        Self::read(raw.get()).map_err(serde::de::Error::custom)
    }
}
