//! The fields of a request that have no field in Rust.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::{RawValue, to_raw_value};

use super::OpenAIRequest;
use crate::wire::path::Path;
use crate::wire::reader::Reader;
use crate::wire::request_error::RequestError;

impl OpenAIRequest {
    /// Any field as a type of yours; `None` if it is absent or `null`.
    ///
    /// `stream` and `session_id` are what counts for this run: the decision of the surface, and an id that came in a
    /// header. What the body said of `stream` is [`stream_given`](Self::stream_given).
    ///
    /// # Errors
    /// The value does not fit the type. The error names the field.
    pub fn extra<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, RequestError> {
        let typed = match name {
            "model" => to_raw_value(&self.model).map(Some),
            "messages" => to_raw_value(&self.messages).map(Some),
            "stream" => to_raw_value(&self.stream).map(Some),
            "session_id" => to_raw_value(&self.session_id).map(Some),
            "user" => to_raw_value(&self.user).map(Some),
            _ => Ok(None),
        };
        let path = Path::ROOT.field(name);
        let misfit = |error| RequestError::misfit(&path, &error);
        let typed = typed.map_err(misfit)?;
        match typed.as_deref().or_else(|| self.raw(name)).map(RawValue::get) {
            None | Some("null") => Ok(None),
            Some(json) => serde_json::from_str(json).map(Some).map_err(misfit),
        }
    }

    /// The JSON of a field, as it was sent. The fields that have one in Rust (`model`, `messages`, `stream`,
    /// `session_id`, `user`) are not here.
    pub fn raw(&self, name: &str) -> Option<&RawValue> {
        self.fields.get(name)
    }

    /// The names of the fields that [`raw`](Self::raw) gives, in the order in which they were sent.
    pub fn fields(&self) -> impl ExactSizeIterator<Item = &str> {
        self.fields.iter().map(|(name, _)| name)
    }

    /// Sets any field, as if the client had sent it.
    ///
    /// # Errors
    /// `value` cannot be written as JSON, or a body with it would be refused.
    pub fn set_field(&mut self, name: &str, value: impl Serialize) -> Result<(), RequestError> {
        let raw =
            to_raw_value(&value).map_err(|error| RequestError::misfit(&Path::ROOT.field(name), &error))?;
        self.fields.remove(name);
        self.assign(&mut Reader::new(raw.get()), name.into(), &raw)
    }

    /// The same request with any field set, as if the client had sent it. For tests: a field that
    /// [`set_field`](Self::set_field) refuses is left out, and fails a debug assertion.
    #[must_use]
    #[track_caller]
    pub fn with_field(mut self, name: &str, value: impl Serialize) -> Self {
        let set = self.set_field(name, value);
        debug_assert!(set.is_ok(), "with_field({name:?}, ..): {set:?}");
        self
    }
}
