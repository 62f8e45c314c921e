//! A value that its option cannot have, and the rules that several options share.

use std::time::Duration;

use crate::clock::CENTURY;
use crate::error::AgentValidationError;

/// The error for `value` at `place`.
pub(super) fn invalid(place: &str, option: &str, value: &str, expected: &str) -> AgentValidationError {
    AgentValidationError::InvalidOption {
        place: place.to_owned(),
        option: option.to_owned(),
        value: value.to_owned(),
        expected: expected.to_owned(),
    }
}

/// Says what to write instead of a duration that no clock can use.
pub(super) fn check_duration(value: Duration) -> Result<(), &'static str> {
    if value.is_zero() {
        return Err("write a duration above zero");
    }
    if value > CENTURY {
        return Err("write at most 100 years");
    }
    Ok(())
}
