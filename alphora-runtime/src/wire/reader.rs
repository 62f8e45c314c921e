//! Reading the values of one JSON text, with a path for every error and a bound on what is kept.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::object::{self, Kind, Stopped};
use super::path::Path;
use super::request_error::RequestError;

/// Messages a request may have.
pub(crate) const MAX_MESSAGES: usize = 10_000;
/// Fields a request may have.
pub(crate) const MAX_FIELDS: usize = 1_000;
/// Content parts that one message may have, and entries of any other list.
pub(crate) const MAX_LIST: usize = 10_000;
/// Content parts, tool calls and unknown fields that all messages of a request may have together: each costs
/// some words of memory however few bytes it takes on the wire.
pub(super) const MAX_DETAILS: usize = 100_000;

/// Reads one JSON text.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    text: &'a str,
    details: usize,
}

impl<'a> Reader<'a> {
    /// Reads `text`, of which every value that is handed in later is a part.
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, details: 0 }
    }

    /// Counts one content part, tool call or unknown field of a message.
    pub(super) fn detail(&mut self) -> Result<(), RequestError> {
        self.details += 1;
        if self.details > MAX_DETAILS {
            let things = "nested entries (content parts, tool calls, unknown fields)";
            return Err(RequestError::too_many(&Path::ROOT, things, MAX_DETAILS));
        }
        Ok(())
    }

    /// Calls `visit` with each field of an object.
    pub(super) fn fields(
        &mut self,
        raw: &'a RawValue,
        path: &Path<'_>,
        mut visit: impl FnMut(&mut Self, Cow<'a, str>, &'a RawValue) -> Result<(), RequestError>,
    ) -> Result<(), RequestError> {
        if Kind::of(raw) != Kind::Object {
            return Err(RequestError::invalid_type(path, "an object", raw));
        }
        object::for_each_field(raw.get(), |name, value| visit(self, name, value))
            .map_err(|stopped| self.stopped(path, raw, stopped))
    }

    /// Calls `visit` with each of at most `limit` entries of an array.
    pub(super) fn items(
        &mut self,
        raw: &'a RawValue,
        path: &Path<'_>,
        (limit, things): (usize, &str),
        mut visit: impl FnMut(&mut Self, Path<'_>, &'a RawValue) -> Result<(), RequestError>,
    ) -> Result<(), RequestError> {
        if Kind::of(raw) != Kind::Array {
            return Err(RequestError::invalid_type(path, "an array", raw));
        }
        object::for_each_item(raw.get(), |index, value| {
            if index == limit {
                return Err(RequestError::too_many(path, things, limit));
            }
            visit(self, path.index(index), value)
        })
        .map_err(|stopped| self.stopped(path, raw, stopped))
    }

    /// The text of a string, borrowed unless it has escapes.
    pub(super) fn text(&self, raw: &'a RawValue, path: &Path<'_>) -> Result<Cow<'a, str>, RequestError> {
        if let Some(text) = object::unescaped(raw) {
            return Ok(Cow::Borrowed(text));
        }
        if Kind::of(raw) != Kind::String {
            return Err(RequestError::invalid_type(path, "a string", raw));
        }
        // Only the escapes are left to be wrong: half of a surrogate pair.
        serde_json::from_str(raw.get()).map(Cow::Owned).map_err(|error| self.unreadable(path, raw, &error))
    }

    /// The text of a string.
    pub(super) fn string(&self, raw: &'a RawValue, path: &Path<'_>) -> Result<String, RequestError> {
        self.text(raw, path).map(Cow::into_owned)
    }

    /// The text of a string, if there is one; `null` is none.
    pub(super) fn optional_string(
        &self,
        raw: Option<&'a RawValue>,
        path: &Path<'_>,
    ) -> Result<Option<String>, RequestError> {
        raw.filter(|raw| Kind::of(raw) != Kind::Null).map(|raw| self.string(raw, path)).transpose()
    }

    fn stopped(&self, path: &Path<'_>, raw: &RawValue, stopped: Stopped) -> RequestError {
        match stopped {
            Stopped::Refused(error) => error,
            Stopped::Json(error) => self.unreadable(path, raw, &error),
        }
    }

    /// An error inside `raw`, with line and column in the whole text.
    fn unreadable(&self, path: &Path<'_>, raw: &RawValue, error: &serde_json::Error) -> RequestError {
        let reason = error.to_string();
        let reason = reason.rsplit_once(" at line ").map_or(&*reason, |(reason, _)| reason);
        let start = (raw.get().as_ptr().addr()).wrapping_sub(self.text.as_ptr().addr());
        let (line, column) = end_of(self.text.get(..start).unwrap_or_default());
        let column = if error.line() == 1 { column + error.column() } else { error.column() };
        let line = line - 1 + error.line();
        RequestError::unreadable(path, &format!("{reason} at line {line} column {column}"))
    }
}

/// In which line and column (of bytes, as serde counts) a text ends.
pub(super) fn end_of(text: &str) -> (usize, usize) {
    let line = text.matches('\n').count() + 1;
    (line, text.len() - text.rfind('\n').map_or(0, |newline| newline + 1))
}

/// Keeps `value` as the only one of its field.
pub(super) fn once<'a>(
    slot: &mut Option<&'a RawValue>,
    value: &'a RawValue,
    path: &Path<'_>,
) -> Result<(), RequestError> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(RequestError::duplicate(path)),
    }
}

/// Reads one value of any of the types here, wherever serde meets it.
pub(super) fn deserialize<'de, D, T>(
    deserializer: D,
    read: impl for<'a> Fn(&mut Reader<'a>, &'a RawValue, &Path<'_>) -> Result<T, RequestError>,
) -> Result<T, D::Error>
where
    D: serde::Deserializer<'de>,
{
    let raw = <Box<RawValue> as serde::Deserialize>::deserialize(deserializer)?;
    read(&mut Reader::new(raw.get()), &raw, &Path::ROOT).map_err(serde::de::Error::custom)
}
