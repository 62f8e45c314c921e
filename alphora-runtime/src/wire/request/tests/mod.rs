//! What is accepted, what is refused and why, what survives, and what stays bounded.

mod accepted;
mod limits;
mod parameters;
mod properties;
mod query;
mod refused;
mod verbatim;

use crate::wire::{OpenAIRequest, RequestError};

/// Reads a body that is written as text.
fn parse(body: &str) -> Result<OpenAIRequest, RequestError> {
    OpenAIRequest::from_slice(body.as_bytes())
}

/// Reads a body that must be accepted.
fn accepted(body: &str) -> OpenAIRequest {
    parse(body).unwrap_or_else(|error| panic!("{body}: {error:?}"))
}
