//! A panic of a tool or a hook ends its call, and nothing else.

pub(super) use crate::panic::contained;
use crate::tool::{ToolError, ToolErrorKind};

/// What the model reads of a panic. Its words are for the log: they may say what is nobody's business.
pub(super) fn panicked() -> ToolError {
    ToolError::new(ToolErrorKind::Panicked, "the tool has a fault: go on without it")
}
