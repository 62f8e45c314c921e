//! From outcomes to responses. Every response of the server is made here, so that every one has its request id.

mod carrier;
mod failure;
mod identity;
mod refusal;
mod run_body;
mod stream;
mod whole;

pub(super) use carrier::Carrier;
pub(super) use identity::Identity;
pub(super) use refusal::Refusal;
pub(super) use stream::stream;
pub(super) use whole::{json_response, whole};
