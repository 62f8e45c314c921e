//! A client from what the environment says.

use super::OpenAILikeBuilder;
use crate::config;
use crate::error::{Error, ErrorKind, Result};
use crate::model::OpenAILike;

/// OpenAI's own names: where, with which key, which model.
const OPENAI: Names = ("OPENAI_BASE_URL", "OPENAI_API_KEY", &["OPENAI_MODEL"]);

/// The names of the Python original.
const ORIGINAL: Names = ("LLM_BASE_URL", "LLM_API_KEY", &["DEFAULT_LLM", "LLM_MODEL", "LLM_MODEL_NAME"]);

type Names = (&'static str, &'static str, &'static [&'static str]);

impl OpenAILike {
    /// A client from the variables `OPENAI_BASE_URL`, `OPENAI_API_KEY` and `OPENAI_MODEL`, or the seed's
    /// `LLM_BASE_URL`, `LLM_API_KEY` and `DEFAULT_LLM` (also `LLM_MODEL` or `LLM_MODEL_NAME`).
    ///
    /// Only the model has to be named. A family of names counts as a whole: a key is never sent to the address of
    /// the other family. Empty variables count as unset.
    ///
    /// # Errors
    /// No model is named, or as [`OpenAILikeBuilder::build`].
    pub fn from_env() -> Result<Self> {
        OpenAILikeBuilder::from_env()?.build()
    }
}

impl OpenAILikeBuilder {
    /// A builder with what the environment says, as [`OpenAILike::from_env`]; what is called on it wins.
    ///
    /// # Errors
    /// No model is named.
    pub fn from_env() -> Result<Self> {
        Self::from_variables(config::variable)
    }

    pub(super) fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let variable = |name: &str| variable(name).filter(|value| !value.trim().is_empty());
        let model_of = |(_, _, models): Names| {
            models.iter().find_map(|name| Some((*name, variable(name)?.trim().to_owned())))
        };
        // Who says where OpenAI's names point means them.
        let original = || model_of(ORIGINAL).filter(|_| variable(OPENAI.0).is_none());
        let ((base_url, api_key, _), (model_variable, model)) = match model_of(OPENAI) {
            Some(model) => (OPENAI, model),
            None => (ORIGINAL, original().ok_or_else(nameless)?),
        };
        let mut builder = Self::default().model_name(model);
        builder.names.1 = model_variable;
        if let Some(url) = variable(base_url) {
            builder = builder.base_url(url);
            builder.names.0 = base_url;
        }
        if let Some(key) = variable(api_key) {
            builder = builder.api_key(key);
        }
        Ok(builder)
    }
}

fn nameless() -> Error {
    let message = "no model is named: set OPENAI_MODEL to a model, OPENAI_BASE_URL to its server such as \
                   `http://127.0.0.1:8080/v1`, and OPENAI_API_KEY if that wants a key \
                   (or DEFAULT_LLM, LLM_BASE_URL and LLM_API_KEY)";
    Error::new(ErrorKind::InvalidArgument, message)
}
