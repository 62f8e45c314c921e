//! From outcomes to responses. Every response of the server is made here, so that every one has its request id.

mod body;
mod carrier;
mod detached;
mod failure;
mod heartbeat;
mod identity;
mod refusal;
mod resumable;
mod run_body;
mod run_waker;
mod stream;
mod whole;

pub(super) use body::AnswerBody;
pub(super) use carrier::Carrier;
pub(super) use failure::of_interruption;
pub(super) use identity::{Identity, REQUEST_ID, RUN_ID, SESSION_ID};
pub(super) use refusal::Refusal;
pub(super) use resumable::{DONE, FollowBody, Found, KeptRun, Silence, Terms, kept_whole, lost, resumable};
pub(super) use stream::{begin_stream, event_response, stream};
pub(super) use whole::{json_response, whole};
