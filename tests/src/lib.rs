//! What the integration tests share: a server that stops with its test, and a client that hides nothing.

mod announced;
pub mod chaos;
mod client;
pub mod faulty_store;
mod folder;
mod gate;
pub mod history;
mod kept_connection;
pub mod model_server;
mod open_files;
mod port;
mod program;
mod scripted;
mod server;
mod statistics;
mod suite_log;
mod waiting;

pub use announced::serve_announced;
pub use client::{Answer, Connection, exchange, get, post, request};
pub use folder::Folder;
pub use gate::Gate;
pub use kept_connection::{KeptConnection, Received};
pub use open_files::allow_files;
pub use port::free_port;
pub use program::Program;
pub use scripted::{Scripted, ScriptedConfig, Turns};
pub use server::{TestServer, serve_router};
pub use statistics::median;
pub use waiting::{
    PATIENCE, until, until_connections, until_draining, until_running, until_runs, until_some, until_tasks,
};
