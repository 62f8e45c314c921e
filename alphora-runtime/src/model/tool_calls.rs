//! What holds for the tool calls of any answer.

use super::{ModelError, ModelErrorKind};
use crate::random::Identifier;

/// The most calls that one answer may make. To look for one among so many is still nothing.
const MOST: usize = 1024;

/// Whether there may be another call, after `begun` of them.
///
/// # Errors
/// They are too many.
pub(super) fn check_for_another(begun: usize) -> Result<(), ModelError> {
    if begun < MOST {
        return Ok(());
    }
    let message = format!("the answer makes more than {MOST} tool calls");
    Err(ModelError::new(ModelErrorKind::TooLong, message))
}

/// An id for a call that has none. The message with its result has to name it.
pub(super) fn invented_id() -> Result<String, ModelError> {
    let id = Identifier::new("call_")
        .map_err(|error| ModelError::new(ModelErrorKind::Other, error.to_string()))?;
    Ok(id.to_string())
}
