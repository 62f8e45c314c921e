//! Why a tool could not be registered.

use super::SchemaError;
use crate::error::{Error, ErrorKind};

/// Why a tool could not be registered. As an [`Error`] its kind is [`ErrorKind::Tool`], and this the source.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ToolRegistrationError {
    /// Another tool has the name already.
    #[error(
        "tool `{name}` is registered twice, as `{first}` and as `{second}`: give one of them another name, with \
         `#[tool(name = \"..\")]` or `register_as(\"..\", ..)`"
    )]
    Duplicate {
        /// The name that both want.
        name: String,
        /// The type of the tool that was registered first.
        first: &'static str,
        /// The type of the tool that was registered second.
        second: &'static str,
    },
    /// The name is none that model servers take.
    #[error(
        "`{name}` (`{tool}`) is no name for a tool: model servers take 1 to 64 of `A-Z a-z 0-9 _ -`; give it \
         another with `#[tool(name = \"..\")]` or `register_as(\"..\", ..)`"
    )]
    InvalidName {
        /// The name.
        name: String,
        /// The type of the tool.
        tool: &'static str,
    },
    /// The schema of the arguments is none that OpenAI's strict mode accepts.
    #[error(
        "tool `{name}`: {error}; or take the tool out of strict mode with `#[tool(strict = false)]`, so that its \
         schema is sent as it is"
    )]
    Schema {
        /// The name of the tool.
        name: String,
        /// What strict mode does not accept, and where it is.
        error: SchemaError,
    },
}

impl From<ToolRegistrationError> for Error {
    fn from(error: ToolRegistrationError) -> Self {
        Self::new(ErrorKind::Tool, error.to_string()).with_source(error)
    }
}
