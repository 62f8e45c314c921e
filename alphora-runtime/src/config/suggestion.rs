//! What does not exist, with "did you mean".

use crate::error::AgentValidationError;
use crate::suggestion;

/// What other servers call what has another name here, so that no distance between words would find it.
const ELSEWHERE: [(&str, &str); 10] = [
    ("address", "addr"),
    ("api_key", "api_keys_file"),
    ("api_keys", "api_keys_file"),
    ("bind", "addr"),
    ("cors_origins", "allow_origins"),
    ("host", "addr"),
    ("listen", "addr"),
    ("port", "addr"),
    ("redis_url", "session_store"),
    ("tls_cert", "tls_certificate"),
];

/// The name that was probably meant.
pub(super) fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let known: Vec<&str> = known.into_iter().collect();
    let other = ELSEWHERE.iter().find(|(other, _)| written.eq_ignore_ascii_case(other));
    other
        .and_then(|(_, name)| known.iter().find(|known| *known == name))
        .copied()
        .or_else(|| suggestion::nearest(written, known))
}

/// An option that exists, but not there; `belongs` says where.
pub(super) fn misplaced(place: &str, option: &str, belongs: &str) -> AgentValidationError {
    AgentValidationError::UnusableOption {
        place: place.to_owned(),
        option: option.to_owned(),
        reason: format!("`{option}` {belongs}"),
    }
}

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
