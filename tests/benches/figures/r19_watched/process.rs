//! One of the servers that are compared: a process of the binary `observed`.

use std::fs;
use std::net::SocketAddr;

use alphora_tests::{Folder, Program};

use super::contestant::Contestant;
use crate::Result;

/// A running server; it is killed, and its files are removed, when this is dropped.
pub(super) struct Process {
    program: Program,
    /// After the process, so that it is removed when that is gone.
    _folder: Folder,
    pub(super) address: SocketAddr,
}

impl Process {
    /// Starts one that sends its traces, if it has any, to `collector`.
    ///
    /// # Errors
    /// It ended before it listened, or did not listen in time.
    pub(super) async fn start(contestant: Contestant, collector: SocketAddr) -> Result<Self> {
        let folder = Folder::create("watched")?;
        let mut command = Program::command(env!("CARGO_BIN_EXE_observed"));
        if let Some(keys) = contestant.keys() {
            let file = folder.put("keys.toml", &keys);
            command.env("ALPHORA_API_KEYS_FILE", file).env("ALPHORA_REQUESTS_PER_MINUTE", "100000000");
            command.env("ALPHORA_TOKENS_PER_MINUTE", "100000000").env("ALPHORA_OPEN_METRICS", "true");
        }
        if let Some(part) = contestant.traces() {
            command.env("OTEL_EXPORTER_OTLP_ENDPOINT", format!("http://{collector}"));
            command
                .env("OTEL_TRACES_SAMPLER", "parentbased_traceidratio")
                .env("OTEL_TRACES_SAMPLER_ARG", part);
        }
        let log = folder.path().join("log");
        command.current_dir(folder.path()).env("RUST_LOG", contestant.log()).stderr(fs::File::create(&log)?);
        let told = |error| format!("{error}: {}", fs::read_to_string(&log).unwrap_or_default());
        let program = Program::start(command, "observed at ").await.map_err(told)?;
        Ok(Self { address: program.addr, program, _folder: folder })
    }

    pub(super) fn id(&self) -> u32 {
        self.program.id()
    }
}
