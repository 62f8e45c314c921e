//! The arguments of a call, from the text that a model wrote.

use serde_json::{Map, Value};

use crate::tool::{RegisteredTool, ToolArguments, ToolError, ToolErrorKind};

/// The longest arguments, in bytes. Their depth is bounded by the parser.
const LONGEST: usize = 1024 * 1024;

/// The arguments of `tool` that `text` holds. No text at all is an empty object: models write it so.
pub(super) fn arguments(tool: &RegisteredTool, text: &str) -> Result<ToolArguments, ToolError> {
    if text.len() > LONGEST {
        let message = format!("the arguments have {} bytes, at most {LONGEST} are taken", text.len());
        return Err(ToolError::new(ToolErrorKind::InvalidArguments, message));
    }
    let arguments = match text.trim() {
        "" => Value::Object(Map::new()),
        text => serde_json::from_str(text).map_err(|error| no_json(&error))?,
    };
    if !arguments.is_object() {
        let message = "the arguments are JSON, but no object: write {\"name\": value, ..}";
        return Err(ToolError::new(ToolErrorKind::InvalidJson, message));
    }
    let fitting = tool.schema().fit(arguments);
    ToolArguments::try_from(
        fitting.map_err(|mistakes| ToolError::new(ToolErrorKind::InvalidArguments, mistakes))?,
    )
}

fn no_json(error: &serde_json::Error) -> ToolError {
    let message = if error.is_eof() {
        "the arguments end before their JSON does: write the whole object, or a shorter one".to_owned()
    } else {
        format!("the arguments are no JSON ({error}): write one JSON object")
    };
    ToolError::new(ToolErrorKind::InvalidJson, message)
}
