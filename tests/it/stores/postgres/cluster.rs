//! A PostgreSQL cluster of its own for a test: its folder, its port, its processes.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use alphora::session::store::{PostgresStore, StoreLimits};

use alphora_tests::{Folder, free_port};

/// How long a server may take until it answers, with a disk that is busy.
const PATIENCE: Duration = Duration::from_secs(120);

/// Runs as long as this value lives.
pub(super) struct Cluster {
    folder: Folder,
    port: u16,
}

impl Cluster {
    /// A cluster with the database `sessions`, which belongs to the role `agent`, no superuser.
    pub(super) fn start() -> Self {
        let cluster = Self { folder: Folder::create("postgres").unwrap(), port: free_port().unwrap() };
        if is_root() {
            run(Command::new("chown").arg("postgres").arg(cluster.folder()));
        }
        let data = cluster.folder().join("data");
        let initdb = ["-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync", "-D"];
        run(cluster.program("initdb").args(initdb).arg(&data));
        cluster.start_again();
        cluster.sql("postgres", "create role agent login");
        cluster.sql("postgres", "create database sessions owner agent");
        cluster
    }

    pub(super) fn start_again(&self) {
        let options = format!(
            "-p {} -k {} -c listen_addresses=127.0.0.1 -c max_connections=200 -c fsync=on",
            self.port,
            self.folder().display()
        );
        let mut start = self.control(&["-w", "-t", &PATIENCE.as_secs().to_string(), "-l"]);
        start.arg(self.folder().join("log")).args(["-o", &options, "start"]);
        // The server would keep a pipe open.
        let started = start.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
        assert!(started.is_ok_and(|status| status.success()), "it does not start: {}", self.log());
    }

    /// Ends it as a crash does: nothing is written any more.
    pub(super) fn stop_immediately(&self) {
        run(&mut self.control(&["-w", "-m", "immediate", "stop"]));
    }

    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// Where a store of the role `agent` finds it.
    pub(super) fn url(&self, parameters: &str) -> String {
        format!("postgres://agent:secret@127.0.0.1:{}/sessions?{parameters}", self.port)
    }

    pub(super) fn store(&self) -> Arc<PostgresStore> {
        self.store_with("", StoreLimits::default())
    }

    pub(super) fn store_with(&self, parameters: &str, limits: StoreLimits) -> Arc<PostgresStore> {
        Arc::new(PostgresStore::open(&self.url(parameters), limits).unwrap())
    }

    /// What statements give, as a superuser.
    pub(super) fn sql(&self, database: &str, statements: &str) -> String {
        let output = run(&mut self.psql("postgres", database, statements));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// What statements of the role `agent` give, or its error.
    pub(super) fn agent_sql(&self, statements: &str) -> Result<String, String> {
        let output = self.psql("agent", "sessions", statements).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap().trim().to_owned();
        if output.status.success() { Ok(text(output.stdout)) } else { Err(text(output.stderr)) }
    }

    /// A client that runs statements.
    pub(super) fn psql(&self, role: &str, database: &str, statements: &str) -> Command {
        let mut command = self.program("psql");
        command.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p"]);
        command.arg(self.port.to_string()).args(["-U", role, "-d", database, "-c", statements]);
        command
    }

    /// The process that has begun all others.
    pub(super) fn postmaster(&self) -> u32 {
        let text = std::fs::read_to_string(self.folder().join("data/postmaster.pid")).unwrap();
        text.lines().next().unwrap().trim().parse().unwrap()
    }

    /// The processes that the postmaster has begun.
    pub(super) fn backends(&self) -> Vec<u32> {
        let postmaster = self.postmaster();
        let path = format!("/proc/{postmaster}/task/{postmaster}/children");
        let text = std::fs::read_to_string(path).unwrap();
        text.split_whitespace().map(|process| process.parse().unwrap()).collect()
    }

    /// Waits until it has recovered from a crash. Who kills what recovers it ends all of it.
    pub(super) fn wait_until_it_answers(&self) {
        let begun = Instant::now();
        let mut question = self.psql("postgres", "postgres", "select 1");
        while !question.output().is_ok_and(|output| output.status.success()) {
            assert!(begun.elapsed() < PATIENCE, "it does not answer: {}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder().join("log")).unwrap_or_default()
    }

    /// Sends a signal to processes of this cluster. One that has ended meanwhile is no mistake.
    pub(super) fn signal(signal: &str, processes: &[u32]) {
        for process in processes {
            drop(Command::new("kill").args([signal, &process.to_string()]).output());
        }
    }

    fn control(&self, arguments: &[&str]) -> Command {
        let mut command = self.program("pg_ctl");
        command.arg("-D").arg(self.folder().join("data")).args(arguments);
        command
    }

    /// One of PostgreSQL's programs, as a user that it accepts.
    pub(super) fn program(&self, name: &str) -> Command {
        let path = program_path(name);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(path);
            command
        } else {
            Command::new(path)
        };
        command.current_dir(self.folder());
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.control(&["-w", "-m", "immediate", "stop"]).output());
    }
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n")
}

/// Debian keeps the server's programs out of the path, and those of the system out of a user's.
fn program_path(name: &str) -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let found = versions.map(|version| version.path().join("bin").join(name)).filter(|path| path.exists());
    let system = || Some(PathBuf::from("/usr/sbin").join(name)).filter(|path| path.exists());
    found.max().or_else(system).unwrap_or_else(|| PathBuf::from(name))
}

fn run(command: &mut Command) -> Output {
    let output = command.output().expect("PostgreSQL is installed: `apt-get install postgresql`");
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {error}");
    output
}
