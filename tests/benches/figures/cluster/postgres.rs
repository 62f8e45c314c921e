//! A PostgreSQL server with its own defaults: what it has committed is on the disk.

use std::os::unix::fs::{MetadataExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, io};

use alphora_tests::free_port;

use super::signal::Signal;
use super::store_server::answers;
use crate::Result;

/// The first message of a connection: protocol 3.0, user and database `postgres`.
const STARTUP: &[u8] = b"\0\0\0\x29\0\x03\0\0user\0postgres\0database\0postgres\0\0";
/// The first byte of the answer of a server that takes the connection; one that still recovers says `E`.
const WELCOME: &[u8] = b"R";
/// How often a server is started that finds something of the one that was killed.
const ATTEMPTS: usize = 50;

pub(super) struct Postgres {
    programs: PathBuf,
    data: PathBuf,
    user: Option<User>,
    port: u16,
    child: Child,
}

/// Whom the server runs as: it refuses to run as root.
#[derive(Debug, Clone, Copy)]
struct User {
    id: u32,
    group: u32,
}

impl Postgres {
    /// Makes a database in `folder` and starts a server for it.
    pub(super) async fn start(folder: &Path) -> Result<Self> {
        let (programs, user) = (programs()?, user()?);
        let data = folder.join("postgres");
        fs::create_dir(&data)?;
        if let Some(User { id, group }) = user {
            chown(&data, Some(id), Some(group))?;
        }
        let arguments = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "-D"];
        let made = command(&programs, "initdb", user).args(arguments).arg(&data).output()?;
        if !made.status.success() {
            return Err(format!("initdb: {}", String::from_utf8_lossy(&made.stderr)).into());
        }
        let port = free_port()?;
        let child = spawn(&programs, user, &data, port)?;
        let mut postgres = Self { programs, data, user, port, child };
        answers(&mut postgres.child, port, STARTUP, WELCOME).await?;
        Ok(postgres)
    }

    pub(super) fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// The postmaster, and then its processes: otherwise these would notice, and end in order.
    pub(super) fn kill(&mut self) -> Result {
        let id = self.child.id();
        let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();
        self.child.kill()?;
        for child in children.split_whitespace() {
            // One that has ended meanwhile is as good.
            let _ = Signal::Kill.send(child.parse()?);
        }
        self.child.wait()?;
        Ok(())
    }

    /// Starts it again. A process of the old server that is not quite gone is a reason for the new one to end at
    /// once.
    pub(super) async fn start_again(&mut self) -> Result<Duration> {
        let begun = Instant::now();
        let mut failure = None;
        for _ in 0..ATTEMPTS {
            self.child = spawn(&self.programs, self.user, &self.data, self.port)?;
            match answers(&mut self.child, self.port, STARTUP, WELCOME).await {
                Ok(_) => return Ok(begun.elapsed()),
                Err(error) => failure = Some(error),
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let log = fs::read_to_string(self.data.join("server.log")).unwrap_or_default();
        let end = log.lines().rev().take(3).collect::<Vec<_>>().join(" | ");
        Err(format!("{}: {end}", failure.map_or_else(String::new, |error| error.to_string())).into())
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let _ = self.kill();
    }
}

fn spawn(programs: &Path, user: Option<User>, data: &Path, port: u16) -> Result<Child> {
    let log = fs::OpenOptions::new().create(true).append(true).open(data.join("server.log"))?;
    let mut command = command(programs, "postgres", user);
    command.arg("-D").arg(data).args(["-p", &port.to_string(), "-c", "listen_addresses=127.0.0.1"]);
    command.args(["-c", "unix_socket_directories=", "-c", "max_connections=200"]);
    Ok(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn()?)
}

fn command(programs: &Path, name: &str, user: Option<User>) -> Command {
    let mut command = Command::new(programs.join(name));
    if let Some(User { id, group }) = user {
        command.uid(id).gid(group);
    }
    // A folder that the other user may enter.
    command.current_dir("/");
    command
}

/// Where the server's programs are: Debian keeps those of each version apart.
fn programs() -> Result<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = env::split_paths(&path).collect();
    if let Ok(versions) = fs::read_dir("/usr/lib/postgresql") {
        folders.extend(versions.flatten().map(|version| version.path().join("bin")));
    }
    let holds = |folder: &PathBuf| folder.join("postgres").exists() && folder.join("initdb").exists();
    let missing = "`postgres` and `initdb` are not installed: apt-get install postgresql";
    Ok(folders.into_iter().find(holds).ok_or(missing)?)
}

/// Whom the server has to run as; nobody else if this process is not root's.
fn user() -> io::Result<Option<User>> {
    if fs::metadata("/proc/self")?.uid() != 0 {
        return Ok(None);
    }
    let accounts = fs::read_to_string("/etc/passwd")?;
    let numbers = accounts.lines().find_map(|line| {
        let mut fields = line.strip_prefix("postgres:")?.split(':').skip(1).map(str::parse);
        Some(User { id: fields.next()?.ok()?, group: fields.next()?.ok()? })
    });
    let missing = || io::Error::other("there is no user `postgres` to run the server as");
    numbers.map(Some).ok_or_else(missing)
}
