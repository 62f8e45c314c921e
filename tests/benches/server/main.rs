//! The benchmark: alphora against a hand-written axum server of the same behaviour, measured in one run.
//!
//! `cargo bench -p alphora-tests --bench server`
//!
//! One binary plays all roles. Without a role it is the conductor: it starts itself again as the servers,
//! drives the load and reports. In reading order: the work that both servers are asked for, the two servers,
//! the load and what it costs the server process, the plan of a run, and the report. `../README.md` explains
//! the columns.

mod script;

mod baseline;
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

use settings::Settings;

/// What can go wrong in a benchmark is only ever printed.
type Result<T = (), E = Box<dyn Error + Send + Sync>> = std::result::Result<T, E>;

fn main() -> Result {
    match Settings::role()? {
        Some(role) => server_process::serve(role),
        None => match Settings::from_process() {
            Some(settings) => conductor::conduct(&settings),
            // `cargo test --benches` and nextest start every bench binary without `--bench`, for its tests.
            None => Ok(()),
        },
    }
}
