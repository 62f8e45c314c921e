//! Turn an agent into a server.

extern crate self as alphora;

#[doc(hidden)]
pub use alphora_runtime::private as __private;
pub use alphora_runtime::*;
