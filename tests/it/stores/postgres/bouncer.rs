//! A PgBouncer in transaction mode in front of a cluster.

use std::path::PathBuf;
use std::process::{Child, Stdio};

use super::cluster::Cluster;
use alphora_tests::free_port;

/// Runs as long as this value lives, which is not longer than the cluster's.
pub(super) struct Bouncer {
    port: u16,
    folder: PathBuf,
    process: Child,
}

impl Bouncer {
    /// One with two connections to the server, so that each client is given another one all the time.
    pub(super) fn start(cluster: &Cluster) -> Self {
        let port = free_port().unwrap();
        let folder = cluster.folder().to_owned();
        let configuration = format!(
            "[databases]\nsessions = host=127.0.0.1 port={} user=agent\n\
             [pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = any\n\
             pool_mode = transaction\ndefault_pool_size = 2\npidfile = {}\n",
            cluster.port(),
            folder.join("bouncer.pid").display()
        );
        std::fs::write(folder.join("bouncer.ini"), configuration).unwrap();
        let process = cluster
            .program("pgbouncer")
            .arg("-q")
            .arg(folder.join("bouncer.ini"))
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("PgBouncer is installed: `apt-get install pgbouncer`");
        let bouncer = Self { port, folder, process };
        for _ in 0..3_000 {
            if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return bouncer;
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        panic!("PgBouncer does not listen");
    }

    pub(super) fn url(&self) -> String {
        format!("postgres://agent:secret@127.0.0.1:{}/sessions?pgbouncer=true", self.port)
    }
}

impl Drop for Bouncer {
    fn drop(&mut self) {
        // Its own number: what was started may be what changes the user.
        let process = std::fs::read_to_string(self.folder.join("bouncer.pid")).unwrap_or_default();
        if let Ok(process) = process.trim().parse() {
            // It has nothing to lose, and some versions wait for their clients when they are asked.
            Cluster::signal("-KILL", &[process]);
        }
        drop(self.process.wait());
    }
}
