//! What can be configured, where it comes from, and which source wins.
mod agent;
pub use agent::AgentConfig;
