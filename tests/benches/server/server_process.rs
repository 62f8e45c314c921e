//! A server as a process: how this binary becomes one, and how the conductor starts and ends one.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::SocketAddr;
use std::process::{Child, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};
use std::{env, io, thread};

use crate::host::Host;
use crate::settings::{FOLDER, ROLE};
use crate::{Result, baseline, subject};

/// Which server a process is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// The hand-written axum server.
    Baseline,
    /// The agent that alphora publishes.
    Alphora,
}

/// What stands before the address in the one line that matters to the conductor.
const ANNOUNCEMENT: &str = "benchmark server at ";
/// The time that a server has to announce itself, and to end.
const PATIENCE: Duration = Duration::from_secs(10);

impl Role {
    pub(crate) fn named(name: &str) -> Result<Self> {
        match name {
            "baseline" => Ok(Self::Baseline),
            "alphora" => Ok(Self::Alphora),
            _ => Err(format!("{ROLE} is `{name}`, and there are only `baseline` and `alphora`").into()),
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Baseline => "baseline",
            Self::Alphora => "alphora",
        }
    }
}

/// Serves until the conductor closes standard input, which it also does when it dies.
pub(crate) fn serve(role: Role) -> Result {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
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
    child: Child,
    pub(crate) address: SocketAddr,
}

impl ServerProcess {
    /// Starts this binary again as a server.
    pub(crate) fn start(role: Role, host: &Host) -> Result<Self> {
        let mut command = host.server_command(&env::current_exe()?);
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

    /// The process's number: `taskset` replaces itself by the server and keeps it.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
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
