//! The benchmark: alphora, a hand-written axum server of the same behaviour, and a bare socket server.
//!
//! `cargo bench -p alphora-tests --bench server`
//!
//! One binary plays all roles. Without a role it is the conductor: it starts itself again as the servers,
//! drives the load and reports. In reading order: the work that all servers are asked for, the three servers,
//! the load and what it costs the server process, the plan of a run, and the report. `../README.md` explains
//! the columns.

mod script;

mod baseline;
mod floor;
mod subject;

mod load;
mod proc_stat;
mod server_process;

mod case;
mod conductor;
mod host;
mod probe;
mod settings;

mod report;

use std::error::Error;

use server_process::Role;
use settings::Settings;

/// What can go wrong in a benchmark is only ever printed.
type Result<T = (), E = Box<dyn Error + Send + Sync>> = std::result::Result<T, E>;

fn main() -> Result {
    match Role::of_this_process()? {
        Some(role) => {
            server_process::serve(role, tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
        }
        None => match Settings::from_process() {
            Some(settings) => conductor::conduct(&settings),
            // `cargo test --benches` and nextest start every bench binary without `--bench`, for its tests.
            None => Ok(()),
        },
    }
}
