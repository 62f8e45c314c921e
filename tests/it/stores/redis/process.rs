//! A redis of its own for a test: its folder, its process, what may happen to it.

use std::io;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use alphora_tests::{Folder, free_port};

/// How long a server may take until it answers, on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(30);

/// Runs as long as this value lives, unless a test ends it before.
pub(super) struct Redis {
    pub(super) port: u16,
    folder: Folder,
    arguments: Vec<String>,
    process: Option<Child>,
}

impl Redis {
    /// A server that keeps nothing on its disk, with these settings besides.
    pub(super) async fn start(settings: &[&str]) -> Self {
        Self::start_as(&["--save", "", "--appendonly", "no"], settings).await
    }

    /// A server that writes down what it does.
    pub(super) async fn durable(fsync: &str) -> Self {
        Self::start_as(&["--save", "", "--appendonly", "yes", "--appendfsync", fsync], &[]).await
    }

    /// A sentinel that watches the primary `main` at a port.
    pub(super) async fn sentinel(port: u16) -> Self {
        let mut sentinel = Self::prepare();
        let configuration = format!(
            "port {}\nbind 127.0.0.1\nlogfile redis.log\nsentinel monitor main 127.0.0.1 {port} 1\n\
             sentinel down-after-milliseconds main 500\nsentinel failover-timeout main 2000\n",
            sentinel.port
        );
        let path = sentinel.folder().join("sentinel.conf");
        std::fs::write(&path, configuration).unwrap();
        sentinel.arguments = vec![path.display().to_string(), "--sentinel".to_owned()];
        sentinel.restart().await;
        sentinel
    }

    async fn start_as(persistence: &[&str], settings: &[&str]) -> Self {
        let mut redis = Self::prepare();
        redis.arguments =
            vec!["--port".to_owned(), redis.port.to_string(), "--bind".to_owned(), "127.0.0.1".to_owned()];
        redis.arguments.extend(["--dir".to_owned(), redis.folder().display().to_string()]);
        redis.arguments.extend(["--logfile", "redis.log"].map(str::to_owned));
        redis.arguments.extend(persistence.iter().chain(settings).map(ToString::to_string));
        redis.restart().await;
        redis
    }

    fn prepare() -> Self {
        Self {
            port: free_port().unwrap(),
            folder: Folder::create("redis").unwrap(),
            arguments: Vec::new(),
            process: None,
        }
    }

    /// Where its files are.
    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(super) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Starts it again, with what is on its disk.
    pub(super) async fn restart(&mut self) {
        assert!(self.process.is_none());
        let process = Command::new("redis-server")
            .args(&self.arguments)
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .expect("redis is installed: `apt-get install redis-server`");
        self.process = Some(process);
        let begun = Instant::now();
        // It listens before it is ready, and on its port before its socket. Whatever it answers, it is.
        while !self.answers().await.unwrap_or(false) {
            let status = self.process.as_mut().unwrap().try_wait().unwrap();
            let is_late = begun.elapsed() > PATIENCE;
            assert!(status.is_none() && !is_late, "redis does not answer ({status:?}): {}", self.log());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    async fn answers(&self) -> io::Result<bool> {
        let asking = async {
            let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await?;
            stream.write_all(b"PING\r\n").await?;
            stream.read(&mut [0]).await
        };
        tokio::time::timeout(Duration::from_secs(1), asking).await?.map(|read| read == 1)
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder().join("redis.log")).unwrap_or_default()
    }

    /// Ends it without a warning.
    pub(super) fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().unwrap();
            process.wait().unwrap();
        }
    }

    /// It stands still, with all its connections open.
    pub(super) fn stop(&self) {
        self.signal("-STOP");
    }

    pub(super) fn go_on(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let id = self.process.as_ref().unwrap().id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
    }

    /// Asks again and again until the answer has this in it.
    pub(super) async fn until(&self, found: &str, command: &[&str]) {
        assert!(!found.is_empty(), "every answer has nothing in it");
        let begun = Instant::now();
        while !self.say(command).contains(found) {
            assert!(begun.elapsed() < PATIENCE, "{command:?} without {found}: {}", self.say(command));
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Sends a command, and gives what the server says.
    pub(super) fn say(&self, command: &[&str]) -> String {
        let port = self.port.to_string();
        let output = Command::new("redis-cli").args(["-p", &port]).args(command).output().unwrap();
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        if let Some(process) = &mut self.process {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}
