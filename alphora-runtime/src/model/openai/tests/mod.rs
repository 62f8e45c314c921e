//! What is asked and what is understood, without a server.

#[cfg(feature = "server")]
mod beginning;
mod building;
mod failures;
mod tool_calls;
mod translation;
