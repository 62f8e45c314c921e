//! What a tool gives back.

use std::fmt;

use serde::Serialize;

use super::ToolError;
use crate::hidden::Hidden;

/// What a tool gives back: the text that a model reads as the result of its call.
///
/// ```
/// use alphora_runtime::tool::ToolOutput;
///
/// assert_eq!(ToolOutput::text("sunny").as_str(), "sunny");
/// assert_eq!(ToolOutput::json(&[1, 2])?.as_str(), "[1,2]");
/// # Ok::<_, alphora_runtime::tool::ToolError>(())
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ToolOutput(String);

impl ToolOutput {
    /// A text, as it is.
    pub fn text(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// A value as JSON.
    ///
    /// # Errors
    /// The value has no JSON: a map whose keys are no strings, for example.
    pub fn json(value: &impl Serialize) -> Result<Self, ToolError> {
        match serde_json::to_string(value) {
            Ok(json) => Ok(Self(json)),
            Err(error) => {
                Err(ToolError::failed(format_args!("the result cannot be written as JSON: {error}")))
            }
        }
    }

    /// The text that the model reads.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text that the model reads.
    pub fn into_string(self) -> String {
        self.0
    }
}

impl From<String> for ToolOutput {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for ToolOutput {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Debug for ToolOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ToolOutput").field(&Hidden(&self.0)).finish()
    }
}
