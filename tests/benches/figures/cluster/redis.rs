//! A Redis server that keeps what it is told in its append-only file.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use alphora_tests::free_port;

use super::store_server::answers;
use crate::Result;

pub(super) struct Redis {
    folder: PathBuf,
    /// When what is written to the file is brought to the disk: `always` or `everysec`.
    appendfsync: &'static str,
    port: u16,
    child: Child,
}

impl Redis {
    /// Starts one with nothing in it, whose files are in `folder`.
    pub(super) async fn start(folder: &Path, appendfsync: &'static str) -> Result<Self> {
        let port = free_port()?;
        let child = spawn(folder, appendfsync, port)?;
        let mut redis = Self { folder: folder.to_owned(), appendfsync, port, child };
        redis.ready().await?;
        Ok(redis)
    }

    pub(super) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
    }

    pub(super) fn kill(&mut self) -> Result {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    pub(super) async fn start_again(&mut self) -> Result<Duration> {
        self.child = spawn(&self.folder, self.appendfsync, self.port)?;
        self.ready().await
    }

    /// It answers before it has read its file, but not with this.
    async fn ready(&mut self) -> Result<Duration> {
        answers(&mut self.child, self.port, b"PING\r\n", b"+PONG").await
    }
}

fn spawn(folder: &Path, appendfsync: &str, port: u16) -> Result<Child> {
    let mut command = Command::new("redis-server");
    command.args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--dir"]).arg(folder);
    command.args(["--appendonly", "yes", "--appendfsync", appendfsync, "--save", ""]);
    command.args(["--maxmemory-policy", "noeviction", "--logfile", "redis.log"]);
    let missing = |error| format!("`redis-server` does not start ({error}): apt-get install redis-server");
    Ok(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().map_err(missing)?)
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.kill();
    }
}
