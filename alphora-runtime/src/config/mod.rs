//! What can be configured, where it comes from, and which source wins.
//!
//! An option comes from the attribute, then the config struct, then the file, then the environment's variables;
//! the later one wins. A bad value is an error that names its place.

mod agent;
mod endpoint;
#[cfg(any(feature = "llm", feature = "server"))]
mod environment;
#[cfg(feature = "server")]
mod file;
mod invalid;
#[cfg(feature = "server")]
mod layers;
mod name;
#[cfg(feature = "server")]
mod options;
#[cfg(feature = "server")]
mod origin;
mod path;
mod placeholders;
#[cfg(feature = "server")]
mod server;
mod settings;
#[cfg(feature = "server")]
mod suggestion;
#[cfg(feature = "server")]
mod value;
#[cfg(feature = "server")]
mod variables;

pub use agent::AgentConfig;
pub use endpoint::EndpointConfig;
#[cfg(feature = "server")]
pub use environment::Environment;
#[cfg(feature = "llm")]
pub(crate) use environment::variable;
#[cfg(feature = "server")]
pub(crate) use layers::apply_layers;
#[cfg(feature = "server")]
pub use server::ServerConfig;
pub(crate) use settings::{AgentSettings, Endpoint};
#[cfg(feature = "server")]
pub(crate) use variables::apply_arguments;

#[cfg(all(test, feature = "server"))]
mod tests;
