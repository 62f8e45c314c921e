//! Why a schema is none that strict mode accepts.

use std::fmt;

/// Why a type or a schema is none that OpenAI's strict mode accepts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaError {
    path: String,
    problem: String,
}

impl SchemaError {
    pub(super) fn new(path: impl fmt::Display, problem: impl Into<String>) -> Self {
        Self { path: path.to_string(), problem: problem.into() }
    }

    /// It cannot be written as JSON, which no schema of a type runs into.
    pub(crate) fn unwritable(error: &serde_json::Error) -> Self {
        Self::new("", format!("cannot be written as JSON: {error}"))
    }

    /// Where it is wrong: `filter.tags[]` for a parameter `filter`, `Filter.tags[]` within a type of that name;
    /// empty for the whole.
    pub fn path(&self) -> &str {
        &self.path
    }
}

impl fmt::Display for SchemaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path.as_str() {
            "" => write!(f, "the schema {}", self.problem),
            path => write!(f, "`{path}` {}", self.problem),
        }
    }
}

impl std::error::Error for SchemaError {}
