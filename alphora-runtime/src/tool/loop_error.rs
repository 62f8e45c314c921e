//! Why a loop of model and tools came to no answer.

use std::fmt;

use crate::error::{Error, ErrorKind};

/// Why a loop of model and tools came to no answer, although each of its steps went well: the source of an
/// [`Error`] of kind [`ErrorKind::Tool`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ToolLoopError {
    /// The model wanted tools called again and again.
    TooManyRounds {
        /// How many rounds of calls were made.
        rounds: usize,
        /// The tools that were called, and how often each.
        called: Vec<(String, usize)>,
    },
    /// The model made the very same calls over and over, and always with the same results.
    Repeated {
        /// How many rounds in a row were the same.
        rounds: usize,
        /// The tools that were called, and how often each.
        called: Vec<(String, usize)>,
    },
}

impl fmt::Display for ToolLoopError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let called = match self {
            Self::TooManyRounds { rounds, called } => {
                write!(f, "the model has no answer after {rounds} rounds of tool calls (")?;
                called
            }
            Self::Repeated { rounds, called } => {
                write!(f, "the model made the same tool calls {rounds} times, with the same results (")?;
                called
            }
        };
        for (index, (name, times)) in called.iter().enumerate() {
            let separator = if index == 0 { "" } else { ", " };
            write!(f, "{separator}`{name:.64}` {times} times")?;
        }
        f.write_str(match self {
            Self::TooManyRounds { .. } => {
                "): allow more with `max_rounds`, or say in the instructions when to stop"
            }
            Self::Repeated { .. } => "): let the tool's description and result say what to do next",
        })
    }
}

impl std::error::Error for ToolLoopError {}

impl From<ToolLoopError> for Error {
    fn from(error: ToolLoopError) -> Self {
        Self::new(ErrorKind::Tool, error.to_string()).with_source(error)
    }
}
