//! Why a tool gave no result, in words that a model can act on.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::error::{Error, ErrorKind};

/// Why a tool gave no result. A model reads its words: they say what to do otherwise.
///
/// ```
/// use alphora_runtime::tool::{ToolError, ToolErrorKind};
///
/// let error = ToolError::failed("there is no city `Rom`; did you mean `Rome`?");
/// assert_eq!(error.kind(), ToolErrorKind::Failed);
/// assert_eq!(error.to_string(), "there is no city `Rom`; did you mean `Rome`?");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolError {
    kind: ToolErrorKind,
    message: String,
}

/// The sorts of [`ToolError`], on the wire `invalid_arguments` and the like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ToolErrorKind {
    /// The arguments are no JSON object.
    InvalidJson,
    /// The arguments do not fit the tool's schema or types.
    InvalidArguments,
    /// There is no tool of this name.
    UnknownTool,
    /// The tool ran and failed.
    Failed,
    /// The tool took longer than it may.
    Timeout,
    /// The tool panicked. The model is not told with which words; the log is.
    Panicked,
    /// The run has ended, so that nobody waits for the result.
    Cancelled,
    /// A hook did not allow the call.
    Blocked,
    /// The reply holds more calls than are made.
    TooManyCalls,
}

impl ToolErrorKind {
    /// The sort as the model reads it, `invalid_arguments` for example.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidJson => "invalid_json",
            Self::InvalidArguments => "invalid_arguments",
            Self::UnknownTool => "unknown_tool",
            Self::Failed => "failed",
            Self::Timeout => "timeout",
            Self::Panicked => "panicked",
            Self::Cancelled => "cancelled",
            Self::Blocked => "blocked",
            Self::TooManyCalls => "too_many_calls",
        }
    }
}

impl fmt::Display for ToolErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for ToolErrorKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl ToolError {
    /// An error of `kind` that says `message`.
    pub fn new(kind: ToolErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }

    /// The tool ran and failed, with these words for the model.
    pub fn failed(message: impl fmt::Display) -> Self {
        Self::new(ToolErrorKind::Failed, message.to_string())
    }

    /// A hook's refusal, with these words for the model.
    pub fn blocked(message: impl fmt::Display) -> Self {
        Self::new(ToolErrorKind::Blocked, message.to_string())
    }

    /// Which sort of error this is.
    pub fn kind(&self) -> ToolErrorKind {
        self.kind
    }

    /// What the model reads.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for ToolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ToolError {}

impl From<ToolError> for Error {
    fn from(error: ToolError) -> Self {
        Self::told(ErrorKind::Tool, error)
    }
}
