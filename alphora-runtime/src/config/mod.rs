//! What can be configured, where it comes from, and which source wins.
//!
//! An option comes from the attribute, then the config struct, then the file, then the environment's variables;
//! the later one wins. A bad value is a mistake that names its place, and all mistakes are told at once.

mod agent;
#[cfg(feature = "server")]
mod arguments;
#[cfg(feature = "server")]
mod check;
mod endpoint;
#[cfg(any(feature = "llm", feature = "server"))]
mod environment;
#[cfg(feature = "server")]
mod file;
#[cfg(feature = "server")]
mod host;
mod invalid;
#[cfg(feature = "server")]
mod layers;
mod mistakes;
mod name;
#[cfg(feature = "server")]
mod options;
mod origin;
mod path;
mod placeholders;
#[cfg(feature = "server")]
mod server;
mod settings;
#[cfg(feature = "server")]
mod store_url;
#[cfg(feature = "server")]
mod suggestion;
#[cfg(feature = "server")]
mod value;
#[cfg(feature = "server")]
mod variables;

pub use agent::AgentConfig;
#[cfg(feature = "server")]
pub(crate) use arguments::{apply_arguments, is_check};
pub use endpoint::EndpointConfig;
#[cfg(feature = "server")]
pub use environment::Environment;
#[cfg(feature = "llm")]
pub(crate) use environment::variable;
#[cfg(feature = "server")]
pub(crate) use layers::apply_layers;
pub(crate) use mistakes::Mistakes;
#[cfg(feature = "server")]
pub use server::ServerConfig;
pub(crate) use settings::{AgentSettings, Endpoint};
#[cfg(feature = "server")]
pub use store_url::StoreUrl;

#[cfg(all(test, feature = "server"))]
mod tests;
