//! The load: clients on raw sockets, all on one thread of the conductor.

mod connection;
mod reader_check;
mod request;
mod response;
mod window;

pub(crate) mod nonstream;
pub(crate) mod paced;
pub(crate) mod stream;

pub(crate) use connection::{Buffer, Connection};
pub(crate) use reader_check::check;
pub(crate) use request::request;

use std::net::SocketAddr;
use std::time::Duration;

use crate::server_process::ServerProcess;

/// The server that a load is for.
#[derive(Clone, Copy)]
pub(crate) struct Target {
    pub(crate) address: SocketAddr,
    /// Its number: `taskset` replaces itself by the server and keeps it.
    pub(crate) process: u32,
}

/// How long a load lasts.
#[derive(Clone, Copy)]
pub(crate) struct Span {
    /// Work before the measured time.
    pub(crate) warm_up: Duration,
    /// The measured time.
    pub(crate) window: Duration,
}

impl From<&ServerProcess> for Target {
    fn from(server: &ServerProcess) -> Self {
        Self { address: server.address, process: server.child.id() }
    }
}
