//! A server as a process: how this binary becomes one, and how the conductor starts and ends one.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};
use std::{env, io, thread};

use tokio::runtime::Runtime;

use crate::{Result, baseline, floor, subject};

/// Which server a process is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// The hand-written axum server.
    Baseline,
    /// The agent that alphora publishes.
    Alphora,
    /// The bare socket server.
    Floor,
}

/// Cargo's folder for files of tests and benchmarks, in the target directory.
pub(crate) const FOLDER: &str = env!("CARGO_TARGET_TMPDIR");

/// The variable that makes a process of this binary a server.
const ROLE: &str = "ALPHORA_BENCH_ROLE";

/// What stands before the address in the one line that matters to the conductor.
const ANNOUNCEMENT: &str = "benchmark server at ";
/// The time that a server has to announce itself, and to end.
const PATIENCE: Duration = Duration::from_secs(10);

impl Role {
    /// The role that this process was started for.
    pub(crate) fn of_this_process() -> Result<Option<Self>> {
        #[expect(clippy::disallowed_methods, reason = "a benchmark is no part of a user's server")]
        let Ok(name) = env::var(ROLE) else { return Ok(None) };
        match [Self::Baseline, Self::Alphora, Self::Floor].into_iter().find(|role| role.name() == name) {
            Some(role) => Ok(Some(role)),
            None => {
                Err(format!("{ROLE} is `{name}`, and there are only `baseline`, `alphora` and `floor`")
                    .into())
            }
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Baseline => "baseline",
            Self::Alphora => "alphora",
            Self::Floor => "floor",
        }
    }
}

/// Serves on `runtime` until the conductor closes standard input, which it also does when it dies.
pub(crate) fn serve(role: Role, runtime: Runtime) -> Result {
    let (ended, end) = tokio::sync::oneshot::channel();
    thread::spawn(move || {
        // Any outcome means that nobody is there any more.
        let _ = io::stdin().read_to_end(&mut Vec::new());
        let _ = ended.send(());
    });
    let result = runtime.block_on(async {
        tokio::select! {
            _ = end => Ok(()),
            result = async {
                match role {
                    Role::Baseline => baseline::serve().await,
                    Role::Alphora => subject::serve().await,
                    Role::Floor => floor::serve().await,
                }
            } => result,
        }
    });
    runtime.shutdown_background();
    result
}

/// Tells the conductor where the server listens.
pub(crate) fn announce(address: SocketAddr) -> io::Result<()> {
    writeln!(io::stdout(), "{ANNOUNCEMENT}{address}")
}

/// A running server; it ends when this is dropped.
pub(crate) struct ServerProcess {
    pub(crate) child: Child,
    pub(crate) address: SocketAddr,
}

impl ServerProcess {
    /// Starts this binary again as a server, by a command that names it.
    pub(crate) fn start(role: Role, mut command: Command) -> Result<Self> {
        for (name, _) in env::vars_os() {
            // Configuration of the person's own agents is not for this one.
            if name.to_string_lossy().starts_with("ALPHORA_") {
                command.env_remove(name);
            }
        }
        // Nor is a configuration file in the working directory.
        command.env(ROLE, role.name()).current_dir(FOLDER).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn()?;
        let address = first_address(&mut child);
        let mut process = Self { child, address: SocketAddr::from(([0; 4], 0)) };
        process.address = address.map_err(|error| format!("the {} server: {error}", role.name()))?;
        Ok(process)
    }
}

/// The address that the server prints; what it prints afterwards is read and dropped.
fn first_address(child: &mut Child) -> Result<SocketAddr> {
    let output = child.stdout.take().ok_or("its output is not a pipe")?;
    let (sender, receiver) = mpsc::sync_channel(1);
    thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(io::Result::ok) {
            if let Some(address) = line.strip_prefix(ANNOUNCEMENT) {
                // The conductor may have given up.
                let _ = sender.try_send(address.parse::<SocketAddr>());
            }
        }
    });
    let address = receiver.recv_timeout(PATIENCE).map_err(|_| "it did not say where it listens")?;
    Ok(address?)
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            match self.child.try_wait() {
                Ok(None) => thread::sleep(Duration::from_millis(2)),
                Ok(Some(_)) | Err(_) => return,
            }
        }
        // It is past asking; nothing is left to do if this fails too.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
