//! What the integration tests share: a server that stops with its test, and a client that hides nothing.

mod client;
pub mod model_server;
mod scripted;
mod server;

pub use client::{Answer, Connection, get, post, request};
pub use scripted::{Scripted, ScriptedConfig, Turns};
pub use server::TestServer;
