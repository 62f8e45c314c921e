//! OpenAI's error object.

use serde::{Deserialize, Serialize};

/// The error object of OpenAI's API: `{"error": {"message", "type", "param", "code"}}`, all four keys always.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ErrorBody {
    /// The object itself.
    pub error: ErrorObject,
}

/// What [`ErrorBody`] wraps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ErrorObject {
    /// A sentence for people.
    pub message: String,
    /// The class of the error, `invalid_request_error` for example.
    #[serde(rename = "type")]
    pub kind: String,
    /// Which field of the request was wrong, as a path: `messages[0].role`.
    pub param: Option<String>,
    /// A word for programs.
    pub code: Option<String>,
}

impl ErrorBody {
    /// An error of class `kind` that says `message`.
    pub fn new(kind: impl Into<String>, message: impl Into<String>) -> Self {
        Self { error: ErrorObject { message: message.into(), kind: kind.into(), param: None, code: None } }
    }

    /// The same error with a word for programs.
    #[must_use]
    pub fn with_code(mut self, code: impl Into<String>) -> Self {
        self.error.code = Some(code.into());
        self
    }

    /// The same error with the path of the field that was wrong.
    #[must_use]
    pub fn with_param(mut self, param: impl Into<String>) -> Self {
        self.error.param = Some(param.into());
        self
    }
}
