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

mod clock;
mod digits;
#[cfg(any(feature = "llm", feature = "fetch", feature = "otel"))]
mod encryption;
pub mod error;
mod hidden;
#[cfg(feature = "logging")]
mod logging;
mod panic;
mod random;
#[cfg(any(feature = "llm", feature = "server"))]
mod secret;
#[cfg(any(feature = "fetch", feature = "server"))]
mod shown;
mod suggestion;
mod sync;

pub mod principal;

pub mod wire;

pub mod telemetry;

mod schema;

pub mod stream;

pub mod session;

pub mod model;

pub mod tool;

#[cfg(feature = "fetch")]
pub mod fetch;

pub mod agent;

pub mod config;

#[cfg(feature = "server")]
pub mod server;

#[doc(hidden)]
pub mod private;

pub use schemars;

pub use error::{AgentError, AgentValidationError, Error, ErrorKind, Result};
