//! JSON objects and arrays, walked in one pass without a copy and without recursion.
//!
//! Written by hand: serde's `flatten` and `untagged` buffer everything, and fail with raw values at run time.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::request_error::RequestError;

/// Why a walk did not reach the end.
#[derive(Debug)]
pub(super) enum Stopped {
    /// The text is not JSON, or not of the sort that was walked.
    Json(serde_json::Error),
    /// What was found was refused.
    Refused(RequestError),
}

/// The sorts of JSON values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Null,
    Boolean,
    Number,
    String,
    Array,
    Object,
}

impl Kind {
    /// The sort of a value, which its first character says.
    pub(super) fn of(raw: &RawValue) -> Self {
        match raw.get().as_bytes().first() {
            Some(b'n') => Self::Null,
            Some(b't' | b'f') => Self::Boolean,
            Some(b'"') => Self::String,
            Some(b'[') => Self::Array,
            Some(b'{') => Self::Object,
            _ => Self::Number,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Null => "null",
            Self::Boolean => "a boolean",
            Self::Number => "a number",
            Self::String => "a string",
            Self::Array => "an array",
            Self::Object => "an object",
        })
    }
}

/// Calls `visit` with each field of the object that `text` is.
///
/// After a refusal the rest is still read, so that text which is not JSON is reported as that.
pub(super) fn for_each_field<'a>(
    text: &'a str,
    visit: impl FnMut(Cow<'a, str>, &'a RawValue) -> Result<(), RequestError>,
) -> Result<(), Stopped> {
    walk(text, |deserializer, refusal| deserializer.deserialize_map(FieldWalk { visit, refusal }))
}

/// Calls `visit` with each entry of the array that `text` is, and its index.
pub(super) fn for_each_item<'a>(
    text: &'a str,
    visit: impl FnMut(usize, &'a RawValue) -> Result<(), RequestError>,
) -> Result<(), Stopped> {
    walk(text, |deserializer, refusal| deserializer.deserialize_seq(ItemWalk { visit, refusal }))
}

/// The first field of the object `raw` that is called `name`; what follows it is not looked at.
pub(super) fn find<'a>(raw: &'a RawValue, name: &str) -> Option<&'a RawValue> {
    let mut found = None;
    let mut deserializer = serde_json::Deserializer::from_str(raw.get());
    // Stopping early is an error to serde; what was found until then is all that matters.
    let _ = deserializer.deserialize_map(FindWalk { name, found: &mut found });
    found
}

/// The text of a JSON string, borrowed unless it has escapes; `None` for anything else.
pub(super) fn string(raw: &RawValue) -> Option<Cow<'_, str>> {
    match unescaped(raw) {
        Some(text) => Some(Cow::Borrowed(text)),
        None => serde_json::from_str(raw.get()).ok().map(Cow::Owned),
    }
}

/// What stands between the quotes of a JSON string without escapes. Raw values are checked JSON already.
pub(super) fn unescaped(raw: &RawValue) -> Option<&str> {
    let text = raw.get().strip_prefix('"')?.strip_suffix('"')?;
    (!text.contains('\\')).then_some(text)
}

fn walk<'a>(
    text: &'a str,
    run: impl FnOnce(
        &mut serde_json::Deserializer<serde_json::de::StrRead<'a>>,
        &mut Option<RequestError>,
    ) -> Result<(), serde_json::Error>,
) -> Result<(), Stopped> {
    let mut refusal = None;
    let mut deserializer = serde_json::Deserializer::from_str(text);
    run(&mut deserializer, &mut refusal).and_then(|()| deserializer.end()).map_err(Stopped::Json)?;
    refusal.map_or(Ok(()), |error| Err(Stopped::Refused(error)))
}

struct FieldWalk<'r, F> {
    visit: F,
    refusal: &'r mut Option<RequestError>,
}

impl<'a, F> Visitor<'a> for FieldWalk<'_, F>
where
    F: FnMut(Cow<'a, str>, &'a RawValue) -> Result<(), RequestError>,
{
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<M: MapAccess<'a>>(mut self, mut map: M) -> Result<(), M::Error> {
        while let Some(Key(name)) = map.next_key()? {
            let value = map.next_value()?;
            if let Err(error) = (self.visit)(name, value) {
                *self.refusal = Some(error);
                break;
            }
        }
        while map.next_entry::<Key<'a>, IgnoredAny>()?.is_some() {}
        Ok(())
    }
}

struct ItemWalk<'r, F> {
    visit: F,
    refusal: &'r mut Option<RequestError>,
}

impl<'a, F> Visitor<'a> for ItemWalk<'_, F>
where
    F: FnMut(usize, &'a RawValue) -> Result<(), RequestError>,
{
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<S: SeqAccess<'a>>(mut self, mut seq: S) -> Result<(), S::Error> {
        let mut index = 0;
        while let Some(value) = seq.next_element()? {
            if let Err(error) = (self.visit)(index, value) {
                *self.refusal = Some(error);
                break;
            }
            index += 1;
        }
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }
}

struct FindWalk<'n, 'f, 'a> {
    name: &'n str,
    found: &'f mut Option<&'a RawValue>,
}

impl<'a> Visitor<'a> for FindWalk<'_, '_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<M: MapAccess<'a>>(self, mut map: M) -> Result<(), M::Error> {
        while let Some(Key(name)) = map.next_key()? {
            if name == self.name {
                *self.found = Some(map.next_value()?);
                return Err(M::Error::custom("found"));
            }
            map.next_value::<IgnoredAny>()?;
        }
        Ok(())
    }
}

/// A field's name, borrowed unless it has escapes. (`Cow` itself always deserializes into an owned string.)
pub(super) struct Key<'a>(pub(super) Cow<'a, str>);

impl<'a> serde::Deserialize<'a> for Key<'a> {
    fn deserialize<D: Deserializer<'a>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(KeyVisitor)
    }
}

struct KeyVisitor;

impl<'a> Visitor<'a> for KeyVisitor {
    type Value = Key<'a>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field's name")
    }

    fn visit_borrowed_str<E>(self, name: &'a str) -> Result<Key<'a>, E> {
        Ok(Key(Cow::Borrowed(name)))
    }

    fn visit_str<E>(self, name: &str) -> Result<Key<'a>, E> {
        Ok(Key(Cow::Owned(name.to_owned())))
    }
}
