//! Who a request is from: what may say so, what becomes of one that nobody may send, and how handlers hear of it.

mod caller;
mod contract;
mod error;

mod configured;
mod credential;
mod keys;
mod mistakes;
mod reread;
#[cfg(feature = "jwt")]
mod tokens;

pub(super) use caller::{Caller, admit, sign};
pub(super) use configured::configured;
pub use contract::{Authenticate, AuthenticateFuture, Upkeep};
pub use error::AuthenticationError;
pub use keys::ApiKeys;
