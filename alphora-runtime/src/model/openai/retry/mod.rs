//! Whether a call is tried again, and when.

mod after;
mod backoff;
mod budget;
mod policy;

pub(super) use after::asked_to_wait;
pub(super) use backoff::{jitter, pause};
pub(super) use budget::Budget;
pub use policy::RetryPolicy;
