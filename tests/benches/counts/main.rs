//! The gates: what a request and a chunk cost in instructions and in calls of the allocator.
//!
//! `cargo bench -p alphora-tests --bench counts`
//!
//! Times move with the machine and the hour, counts do not: these may fail a build. The servers are those of the
//! benchmark `server`, each as a process of this binary with a runtime of one thread. Whoever is counted runs
//! twice, for a number of operations and for three times as many; the difference is what an operation costs once
//! the server is warm. `../README.md` explains the table.

#[path = "../server/script.rs"]
mod script;

#[path = "../server/baseline/mod.rs"]
mod baseline;
#[path = "../server/floor/mod.rs"]
mod floor;
#[path = "../server/subject.rs"]
mod subject;

#[path = "../server/server_process.rs"]
mod server_process;

#[path = "../server/load/request.rs"]
mod request;
#[path = "../server/load/response.rs"]
mod response;

mod client;
mod counter;
mod gate;
mod settings;
mod table;

use std::alloc::System;
use std::error::Error;
use std::process::ExitCode;

use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

use server_process::Role;
use settings::Settings;

/// Counts what it is asked for, and asks the system for it.
#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// What can go wrong in a benchmark is only ever printed.
type Result<T = (), E = Box<dyn Error + Send + Sync>> = std::result::Result<T, E>;

fn main() -> Result<ExitCode> {
    if let Some(role) = Role::of_this_process()? {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        server_process::serve(role, runtime)?;
        counter::write_allocations(ALLOCATOR.stats())?;
        return Ok(ExitCode::SUCCESS);
    }
    match Settings::from_process()? {
        Some(settings) => gate::keep(&settings),
        // `cargo test --benches` and nextest start every bench binary without `--bench`, for its tests.
        None => Ok(ExitCode::SUCCESS),
    }
}
