//! OpenAI's parameters, typed. None is checked before an agent asks for it.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::OpenAIRequest;
use crate::wire::object::{self, Kind};
use crate::wire::path::Path;
use crate::wire::reader::{MAX_LIST, Reader};
use crate::wire::request_error::RequestError;
use crate::wire::{ResponseFormat, ToolChoice, ToolDefinition};

/// Writes one accessor for each parameter whose value is a single JSON value.
macro_rules! parameters {
    ($($(#[$doc:meta])* $name:ident: $kind:ident $type:ty, $expected:literal;)*) => {
        /// Parameters of OpenAI's API. Each is `None` if it is absent or `null`, and an error that names it if its
        /// value does not fit. Ranges are not checked: what they are is for the agent, or its model, to say.
        impl OpenAIRequest {
            $(
                $(#[$doc])*
                ///
                /// # Errors
                #[doc = concat!("The value is not ", $expected, ".")]
                pub fn $name(&self) -> Result<Option<$type>, RequestError> {
                    self.parameter(stringify!($name), Kind::$kind, $expected)
                }
            )*
        }
    };
}

parameters! {
    /// `temperature`: how random the choice of words is.
    temperature: Number f64, "a number";
    /// `top_p`: how much of the probability is considered.
    top_p: Number f64, "a number";
    /// `presence_penalty`: how much words that occurred are avoided.
    presence_penalty: Number f64, "a number";
    /// `frequency_penalty`: how much words that occurred often are avoided.
    frequency_penalty: Number f64, "a number";
    /// `seed`: makes answers repeatable, as far as they are.
    seed: Number i64, "an integer";
    /// `logprobs`: whether probabilities are wanted.
    logprobs: Boolean bool, "a boolean";
    /// `top_logprobs`: of how many candidates probabilities are wanted.
    top_logprobs: Number u64, "a non-negative integer";
    /// `parallel_tool_calls`: whether several tools may be called at once.
    parallel_tool_calls: Boolean bool, "a boolean";
    /// `reasoning_effort`: how much to think, in a word.
    reasoning_effort: String String, "a string";
    /// `verbosity`: how much to say, in a word.
    verbosity: String String, "a string";
    /// `service_tier`: the processing that the client wants.
    service_tier: String String, "a string";
    /// `store`: whether the answer may be kept.
    store: Boolean bool, "a boolean";
    /// `prompt_cache_key`: names prompts that begin alike.
    prompt_cache_key: String String, "a string";
    /// `safety_identifier`: a stable name of the client's user.
    safety_identifier: String String, "a string";
}

impl OpenAIRequest {
    /// The most tokens to answer with: `max_completion_tokens`, else the older `max_tokens`.
    ///
    /// # Errors
    /// The value is not a non-negative integer.
    pub fn max_tokens(&self) -> Result<Option<u64>, RequestError> {
        let read = |name| self.parameter(name, Kind::Number, "a non-negative integer");
        Ok(match read("max_completion_tokens")? {
            Some(tokens) => Some(tokens),
            None => read("max_tokens")?,
        })
    }

    /// `stop`: the texts at which the answer ends, empty if there are none.
    ///
    /// # Errors
    /// The value is neither a string nor an array of strings.
    pub fn stop_sequences(&self) -> Result<Vec<String>, RequestError> {
        match self.given("stop") {
            Some(one) if Kind::of(one) == Kind::String => {
                Ok(vec![Reader::new(one.get()).string(one, &Path::ROOT.field("stop"))?])
            }
            Some(other) if Kind::of(other) != Kind::Array => {
                let path = Path::ROOT.field("stop");
                Err(RequestError::invalid_type(&path, "a string or an array of strings", other))
            }
            _ => Ok(self.strings("stop")?.unwrap_or_default()),
        }
    }

    /// `modalities`: the sorts of output that the client takes.
    ///
    /// # Errors
    /// The value is not an array of strings.
    pub fn modalities(&self) -> Result<Option<Vec<String>>, RequestError> {
        self.strings("modalities")
    }

    /// `logit_bias`: by how much single tokens are preferred.
    ///
    /// # Errors
    /// The value is not an object of numbers.
    pub fn logit_bias(&self) -> Result<Option<BTreeMap<String, f64>>, RequestError> {
        self.map("logit_bias", |_, raw, path| read_as(raw, path, Kind::Number, "a number"))
    }

    /// `metadata`: pairs of strings that the client attached.
    ///
    /// # Errors
    /// The value is not an object of strings.
    pub fn metadata(&self) -> Result<Option<BTreeMap<String, String>>, RequestError> {
        self.map("metadata", |reader, raw, path| reader.string(raw, path))
    }

    /// `tools`: what the client offers to be called, empty if there is nothing.
    ///
    /// # Errors
    /// The value is not an array of tools, or a function has no name.
    pub fn tools(&self) -> Result<Vec<ToolDefinition>, RequestError> {
        let mut tools = Vec::new();
        if let Some(raw) = self.given("tools") {
            let path = Path::ROOT.field("tools");
            Reader::new(raw.get()).items(raw, &path, (MAX_LIST, "tools"), |reader, path, raw| {
                tools.push(ToolDefinition::read(reader, raw, &path)?);
                Ok(())
            })?;
        }
        Ok(tools)
    }

    /// `tool_choice`: whether the client wants a tool called; [`ToolChoice::Auto`] if it does not say.
    ///
    /// # Errors
    /// The value is neither a string nor an object with a `type`.
    pub fn tool_choice(&self) -> Result<ToolChoice, RequestError> {
        self.given("tool_choice").map_or(Ok(ToolChoice::default()), |raw| {
            ToolChoice::read(&mut Reader::new(raw.get()), raw, &Path::ROOT.field("tool_choice"))
        })
    }

    /// `response_format`: the form of the answer; [`ResponseFormat::Text`] if the client does not say.
    ///
    /// # Errors
    /// The value is not an object with a `type`, or is a schema without a name.
    pub fn response_format(&self) -> Result<ResponseFormat, RequestError> {
        self.given("response_format").map_or(Ok(ResponseFormat::default()), |raw| {
            ResponseFormat::read(&mut Reader::new(raw.get()), raw, &Path::ROOT.field("response_format"))
        })
    }

    /// Whether the client wants the usage at the end of a stream: `stream_options.include_usage`.
    ///
    /// A value of another type never gets here: it is refused with the body.
    pub fn include_usage(&self) -> bool {
        let options = self.given("stream_options");
        options
            .and_then(|options| object::find(options, "include_usage"))
            .is_some_and(|flag| flag.get() == "true")
    }

    /// A field that is there and not `null`.
    fn given(&self, name: &str) -> Option<&RawValue> {
        self.raw(name).filter(|raw| Kind::of(raw) != Kind::Null)
    }

    fn parameter<T: DeserializeOwned>(
        &self,
        name: &str,
        kind: Kind,
        expected: &str,
    ) -> Result<Option<T>, RequestError> {
        self.given(name).map(|raw| read_as(raw, &Path::ROOT.field(name), kind, expected)).transpose()
    }

    fn strings(&self, name: &str) -> Result<Option<Vec<String>>, RequestError> {
        let Some(raw) = self.given(name) else { return Ok(None) };
        let mut strings = Vec::new();
        let path = Path::ROOT.field(name);
        Reader::new(raw.get()).items(raw, &path, (MAX_LIST, "entries"), |reader, path, raw| {
            strings.push(reader.string(raw, &path)?);
            Ok(())
        })?;
        Ok(Some(strings))
    }

    fn map<T>(
        &self,
        name: &str,
        read: impl for<'a> Fn(&Reader<'a>, &'a RawValue, &Path<'_>) -> Result<T, RequestError>,
    ) -> Result<Option<BTreeMap<String, T>>, RequestError> {
        let Some(raw) = self.given(name) else { return Ok(None) };
        let mut map = BTreeMap::new();
        let path = Path::ROOT.field(name);
        Reader::new(raw.get()).fields(raw, &path, |reader, key, value| {
            if map.len() == MAX_LIST {
                return Err(RequestError::too_many(&path, "entries", MAX_LIST));
            }
            // The key is the client's: the path ends before it.
            let value = read(reader, value, &path)?;
            map.insert(key.into_owned(), value);
            Ok(())
        })?;
        Ok(Some(map))
    }
}

/// A value of one sort as `T`: another sort is a wrong type, the right one may still be out of bounds.
fn read_as<T: DeserializeOwned>(
    raw: &RawValue,
    path: &Path<'_>,
    kind: Kind,
    expected: &str,
) -> Result<T, RequestError> {
    if Kind::of(raw) != kind {
        return Err(RequestError::invalid_type(path, expected, raw));
    }
    serde_json::from_str(raw.get()).map_err(|_| RequestError::unfit(path, expected, raw))
}
