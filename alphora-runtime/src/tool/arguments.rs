//! The arguments of one call.

use std::fmt;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{ToolError, ToolErrorKind};

/// The arguments of one call: a JSON object that fits the tool's [`ToolParameters`](super::ToolParameters).
///
/// ```
/// use alphora_runtime::tool::ToolArguments;
/// use serde_json::json;
///
/// let mut arguments = ToolArguments::try_from(json!({"city": "Rome"}))?;
/// assert_eq!(arguments.take::<String>("city")?, "Rome");
/// assert_eq!(arguments.take::<Option<u8>>("days")?, None);
/// # Ok::<_, alphora_runtime::tool::ToolError>(())
/// ```
#[derive(Clone, Default, PartialEq)]
pub struct ToolArguments(Map<String, Value>);

impl ToolArguments {
    /// Takes the argument `name` out; an absent one counts as `null`.
    ///
    /// # Errors
    /// It is no `T`. The error names it, for the model to correct.
    pub fn take<T: DeserializeOwned>(&mut self, name: &str) -> Result<T, ToolError> {
        let value = self.0.shift_remove(name);
        let is_absent = value.is_none();
        T::deserialize(value.unwrap_or(Value::Null)).map_err(|error| {
            let message =
                if is_absent { format!("`{name}` is missing") } else { format!("`{name}`: {error}") };
            ToolError::new(ToolErrorKind::InvalidArguments, message)
        })
    }

    /// All arguments as the fields of one `T`.
    ///
    /// # Errors
    /// They are no `T`. The error says why, for the model to correct.
    pub fn deserialize<T: DeserializeOwned>(self) -> Result<T, ToolError> {
        T::deserialize(Value::Object(self.0))
            .map_err(|error| ToolError::new(ToolErrorKind::InvalidArguments, error.to_string()))
    }

    /// The arguments as they are.
    pub fn as_map(&self) -> &Map<String, Value> {
        &self.0
    }
}

impl From<Map<String, Value>> for ToolArguments {
    fn from(arguments: Map<String, Value>) -> Self {
        Self(arguments)
    }
}

impl TryFrom<Value> for ToolArguments {
    type Error = ToolError;

    fn try_from(arguments: Value) -> Result<Self, ToolError> {
        match arguments {
            Value::Object(arguments) => Ok(Self(arguments)),
            _ => Err(ToolError::new(ToolErrorKind::InvalidArguments, "the arguments are no JSON object")),
        }
    }
}

/// The names of the arguments, not what they are.
impl fmt::Debug for ToolArguments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
