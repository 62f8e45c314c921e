//! A program as a process of its own, which ends with its test.

use std::ffi::OsStr;
use std::io::{self, BufRead as _, BufReader, Read};
use std::net::SocketAddr;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use std::{env, fmt};

use tokio::sync::oneshot;

use crate::PATIENCE;

/// What variables begin with that are not for a program of a test.
const NOT_FOR_IT: [&str; 3] = ["ALPHORA_", "OTEL_", "RUST_LOG"];

/// A running server; it is killed when this is dropped.
pub struct Program {
    child: Child,
    /// Where it said that it listens.
    pub addr: SocketAddr,
    printed: Text,
    log: Text,
    readers: Vec<JoinHandle<()>>,
}

/// What has come out of a process so far.
#[derive(Clone, Default)]
struct Text(Arc<Mutex<Vec<u8>>>);

impl Text {
    fn add(&self, bytes: &[u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.0.lock().unwrap_or_else(PoisonError::into_inner)))
    }
}

impl Program {
    /// A command that starts a program with nothing of what is configured for this process or for whoever runs it.
    pub fn command(path: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(path);
        for (name, _) in env::vars_os() {
            if NOT_FOR_IT.iter().any(|beginning| name.to_string_lossy().starts_with(beginning)) {
                command.env_remove(name);
            }
        }
        command
    }

    /// Starts a program, and waits until it prints a line in which its address follows on `announcement`. What it
    /// writes to its standard error output is kept if the command says that this is a pipe.
    ///
    /// # Errors
    /// It cannot be started, ends before it has said where it listens, or does not say so within [`PATIENCE`].
    pub async fn start(mut command: Command, announcement: &str) -> io::Result<Self> {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let (output, errors) = (child.stdout.take(), child.stderr.take());
        let addr = SocketAddr::from(([0; 4], 0));
        let mut program =
            Self { child, addr, printed: Text::default(), log: Text::default(), readers: vec![] };
        let (sender, announced) = oneshot::channel();
        let (printed, announcement) = (program.printed.clone(), announcement.to_owned());
        let mut sender = Some(sender);
        program.readers.extend(output.map(|output| {
            // Nobody writes into a pipe that nobody reads: it is read to its end.
            read_lines(output, move |line| {
                printed.add(line);
                if let Some(addr) = address_after(&String::from_utf8_lossy(line), &announcement)
                    && let Some(sender) = sender.take()
                {
                    let _ = sender.send(addr);
                }
            })
        }));
        let log = program.log.clone();
        program.readers.extend(errors.map(|errors| read_lines(errors, move |line| log.add(line))));
        program.addr = match tokio::time::timeout(PATIENCE, announced).await {
            Ok(Ok(addr)) => addr,
            Ok(Err(_)) => return Err(program.failure("ended before it said where it listens")),
            Err(_) => return Err(program.failure("does not say where it listens")),
        };
        Ok(program)
    }

    fn failure(&self, what: &str) -> io::Error {
        io::Error::other(format!("the program {what}: {}{}", self.printed, self.log))
    }

    /// The number of its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// What it has written to its standard output so far.
    pub fn printed(&self) -> String {
        self.printed.to_string()
    }

    /// What it has written to its standard error output so far; nothing if that is no pipe.
    pub fn log(&self) -> String {
        self.log.to_string()
    }

    /// Sends it a signal by its name, as `-TERM`.
    ///
    /// # Errors
    /// It is not there any more.
    pub fn signal(&self, name: &str) -> io::Result<()> {
        let sent = Command::new("kill").args([name, &self.id().to_string()]).status()?;
        if sent.success() { Ok(()) } else { Err(io::Error::other(format!("`kill {name}` failed"))) }
    }

    /// Waits for its end, at most for `patience`; `None` if it is still there. All that it has written has been read
    /// then.
    ///
    /// # Errors
    /// The system does not say what has become of it.
    pub async fn ended(&mut self, patience: Duration) -> io::Result<Option<ExitStatus>> {
        let begun = Instant::now();
        loop {
            let status = self.child.try_wait()?;
            if status.is_some() {
                for reader in self.readers.drain(..) {
                    let _ = reader.join();
                }
                return Ok(status);
            }
            if begun.elapsed() >= patience {
                return Ok(None);
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Tells it to end, as an operator does, and waits until it has; `None` if it is still there after [`PATIENCE`].
    ///
    /// # Errors
    /// It was not there any more.
    pub async fn terminate(&mut self) -> io::Result<Option<ExitStatus>> {
        self.signal("-TERM")?;
        self.ended(PATIENCE).await
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // A process that is stopped ends as well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Gives each line to `take`, with its end.
fn read_lines(
    pipe: impl Read + Send + 'static,
    mut take: impl FnMut(&[u8]) + Send + 'static,
) -> JoinHandle<()> {
    thread::spawn(move || {
        let (mut pipe, mut line) = (BufReader::new(pipe), Vec::new());
        while let Ok(1..) = pipe.read_until(b'\n', &mut line) {
            take(&line);
            line.clear();
        }
    })
}

/// The address that follows on `announcement` in a line.
fn address_after(line: &str, announcement: &str) -> Option<SocketAddr> {
    let (_, rest) = line.split_once(announcement)?;
    let end =
        rest.find(|character: char| !character.is_ascii_digit() && character != '.' && character != ':');
    rest[..end.unwrap_or(rest.len())].parse().ok()
}
