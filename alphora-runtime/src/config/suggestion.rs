//! What does not exist, with "did you mean".

use crate::error::AgentValidationError;
pub(super) use crate::suggestion::nearest;

/// An option, a table or an endpoint that does not exist.
pub(super) fn unknown<'a>(
    place: &str,
    option: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> AgentValidationError {
    AgentValidationError::UnknownOption {
        place: place.to_owned(),
        option: option.to_owned(),
        suggestion: nearest(option, known).map(str::to_owned),
    }
}
