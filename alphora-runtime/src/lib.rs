//! All behaviour of alphora: what a generated agent calls, and what serves it.
//!
//! Users depend on the `alphora` crate, which re-exports this one. The modules in reading order: the words on
//! the wire, the stream that a run writes, the session that it remembers, the models that it asks, the
//! tools that it calls, the agent that runs, the configuration, and the server, which alone knows HTTP.

// Types without a server are for crates that share an agent's code with one: what carries runs then lies idle.
#![cfg_attr(
    not(feature = "server"),
    expect(dead_code, unused_imports, reason = "only a server carries runs")
)]

pub mod error;
#[cfg(feature = "logging")]
mod logging;
mod panic;
mod random;
mod suggestion;

pub mod wire;

mod schema;

pub mod stream;

pub mod session;

pub mod model;

pub mod tool;

pub mod agent;

pub mod config;

#[cfg(feature = "server")]
pub mod server;

#[doc(hidden)]
pub mod private;

pub use schemars;

pub use error::{AgentError, AgentValidationError, Error, ErrorKind, Result};
