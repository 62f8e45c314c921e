//! One replica: a process of the binary `replica`.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use alphora_tests::Program;

use crate::Result;

/// A running replica; it is killed when this is dropped.
pub(super) struct Replica {
    program: Program,
    pub(super) address: SocketAddr,
    /// From its start until it listened.
    pub(super) took: Duration,
}

impl Replica {
    /// Starts one with such options, as `("session_lease", "1s")`; nothing else of alphora's comes from the
    /// environment. What it logs is added to a file.
    ///
    /// # Errors
    /// It ended before it listened, or did not listen in time.
    pub(super) async fn start(options: &[(&str, String)], log: &Path) -> Result<Self> {
        let mut command = Program::command(env!("CARGO_BIN_EXE_replica"));
        for (option, value) in options {
            command.env(format!("ALPHORA_{}", option.to_uppercase()), value);
        }
        let errors = fs::OpenOptions::new().create(true).append(true).open(log)?;
        // No configuration file of the person's own is where the log is.
        command.current_dir(log.parent().unwrap_or(Path::new("."))).env("RUST_LOG", "warn").stderr(errors);
        let begun = Instant::now();
        let told = |error| {
            let log = fs::read_to_string(log).unwrap_or_default();
            format!("{error}: {}", log.lines().last().unwrap_or_default())
        };
        let program = Program::start(command, "replica at ").await.map_err(told)?;
        Ok(Self { address: program.addr, program, took: begun.elapsed() })
    }

    pub(super) fn id(&self) -> u32 {
        self.program.id()
    }
}
