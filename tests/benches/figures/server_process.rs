//! A server as a process of its own, so that its limits, its memory and its signals are not the client's.

use std::io::{self, BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use std::{env, thread};

use tokio::sync::{mpsc, oneshot};

use crate::Result;
use crate::subject::{Ledger, actor};

/// The variable that makes a process of this binary a server.
const ROLE: &str = "ALPHORA_FIGURES_ROLE";
/// Cargo's folder for files of benchmarks: no configuration file of the person's own is there.
const FOLDER: &str = env!("CARGO_TARGET_TMPDIR");
/// What stands before the server's address, and before what it knows of its runs.
const ANNOUNCEMENT: &str = "server at ";
const STATE: &str = "state ";
/// The time that a server has to announce itself, to answer, and to end when it is asked to.
const PATIENCE: Duration = Duration::from_secs(10);

/// Whether this process was started as a server.
pub(crate) fn is_server() -> bool {
    env::var_os(ROLE).is_some()
}

/// Serves until a signal, or until standard input is closed, which happens also when the parent dies. Each line that
/// comes in is obeyed and answered with the state.
pub(crate) fn serve() -> Result {
    let ledger = Arc::new(Ledger::default());
    let (counted, told) = (ledger.clone(), std::panic::take_hook());
    std::panic::set_hook(Box::new(move |panic| {
        counted.note_panic();
        told(panic);
    }));
    let (gone, parent_gone) = oneshot::channel();
    let known = ledger.clone();
    thread::spawn(move || {
        for line in io::stdin().lines().map_while(io::Result::ok) {
            known.obey(&line);
            if writeln!(io::stdout(), "{STATE}{}", known.line()).is_err() {
                break;
            }
        }
        let _ = gone.send(());
    });
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let result = runtime.block_on(async {
        let server = alphora::publish(actor(ledger)).without_banner().bind("127.0.0.1:0").await?;
        writeln!(io::stdout(), "{ANNOUNCEMENT}{}", server.local_addr())?;
        tokio::select! {
            _ = parent_gone => Ok(()),
            result = server.run() => result.map_err(Into::into),
        }
    });
    runtime.shutdown_background();
    result
}

/// A running server; it ends when this is dropped.
pub(crate) struct ServerProcess {
    child: Child,
    questions: Option<ChildStdin>,
    lines: mpsc::Receiver<String>,
    pub(crate) address: SocketAddr,
}

/// What a server knows of its runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct State {
    /// Methods of agents that have neither returned nor been dropped.
    pub(crate) running: usize,
    /// Runs that were dropped while they waited in a `send`: their readers had stopped at a time between the first
    /// `send` and the last.
    pub(crate) cut: usize,
    /// The shortest time of these since the first `send`, and the longest since the last.
    pub(crate) shortest: Duration,
    pub(crate) longest: Duration,
    /// How often anything has panicked in the process.
    pub(crate) panics: usize,
}

impl ServerProcess {
    /// Starts this binary again as a server at a free port of the loopback interface. `options` are those of
    /// alphora's configuration, as `("max_runs", "2000")`; nothing else of it comes from the environment.
    pub(crate) async fn start(options: &[(&str, &str)]) -> Result<Self> {
        let mut command = Command::new(env::current_exe()?);
        for (name, _) in env::vars_os() {
            if name.to_string_lossy().starts_with("ALPHORA_") {
                command.env_remove(name);
            }
        }
        for (option, value) in options {
            command.env(format!("ALPHORA_{}", option.to_uppercase()), value);
        }
        command.env(ROLE, "server").current_dir(FOLDER).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn()?;
        let questions = child.stdin.take();
        let output = child.stdout.take().ok_or("the server's output is not a pipe")?;
        let (sender, lines) = mpsc::channel(16);
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(io::Result::ok) {
                if sender.blocking_send(line).is_err() {
                    break;
                }
            }
        });
        let mut server = Self { child, questions, lines, address: SocketAddr::from(([0; 4], 0)) };
        server.address = server.line(ANNOUNCEMENT).await?.parse()?;
        Ok(server)
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// What the server knows of its runs now.
    pub(crate) async fn state(&mut self) -> Result<State> {
        self.tell("state").await
    }

    /// Says a line that [`Ledger::obey`] understands, and gives the state afterwards.
    pub(crate) async fn tell(&mut self, line: &str) -> Result<State> {
        writeln!(self.questions.as_mut().ok_or("the server was told to end")?, "{line}")?;
        let line = self.line(STATE).await?;
        let numbers: Vec<usize> = line.split(' ').map(str::parse).collect::<Result<_, _>>()?;
        let [running, cut, shortest, longest, panics] = numbers[..] else {
            return Err(format!("the server said `{line}` of its state").into());
        };
        let milliseconds = |number: usize| Duration::from_millis(number as u64);
        Ok(State { running, cut, shortest: milliseconds(shortest), longest: milliseconds(longest), panics })
    }

    /// Waits until `holds` is true of the state, at most for `patience`; gives the last state.
    pub(crate) async fn wait_until(
        &mut self,
        patience: Duration,
        holds: impl Fn(State) -> bool + Send,
    ) -> Result<State> {
        let begun = Instant::now();
        loop {
            let state = self.state().await?;
            if holds(state) || begun.elapsed() >= patience {
                return Ok(state);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Sends SIGTERM, and gives a time that is not later than it.
    pub(crate) fn terminate(&self) -> Result<Instant> {
        let now = Instant::now();
        let signalled = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status()?;
        if signalled.success() { Ok(now) } else { Err("`kill` could not signal the server".into()) }
    }

    /// Waits for the end of the process, at most for `patience`; `None` if it is still there.
    pub(crate) async fn ended(&mut self, patience: Duration) -> Result<Option<ExitStatus>> {
        let begun = Instant::now();
        loop {
            let status = self.child.try_wait()?;
            if status.is_some() || begun.elapsed() >= patience {
                return Ok(status);
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    /// The rest of the next line that begins with `prefix`.
    async fn line(&mut self, prefix: &str) -> Result<String> {
        let line = async {
            while let Some(line) = self.lines.recv().await {
                if let Some(rest) = line.strip_prefix(prefix) {
                    return Some(rest.to_owned());
                }
            }
            None
        };
        let line = tokio::time::timeout(PATIENCE, line).await;
        let silent = || format!("the server does not say `{prefix}..`");
        Ok(line.map_err(|_| silent())?.ok_or_else(silent)?)
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        drop(self.questions.take());
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
