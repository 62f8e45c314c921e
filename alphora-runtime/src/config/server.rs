//! The configuration of a server, whatever it serves.

use std::net::SocketAddr;
use std::time::Duration;

/// The options of a server: the table `[server]` of the configuration file, or `ALPHORA_<OPTION>`.
#[derive(Debug, Clone)]
pub struct ServerConfig {
    /// Where to listen. Default `127.0.0.1:8000`; `--host` and `--port` on the command line win.
    pub addr: SocketAddr,
    /// The path of the surface for OpenAI's clients, or `None` for no such surface. Default `/v1`.
    pub openai_path: Option<String>,
    /// The origins whose pages may call the server from a browser. Default: none.
    pub allow_origins: Vec<String>,
    /// The most bytes that a request's body may have. Default 32 MiB.
    pub body_limit: usize,
    /// The most bytes that all bodies being read may have together. Default 256 MiB.
    pub bodies_in_flight: usize,
    /// How many runs there are at once; the next request is answered with 429. Default 1,024.
    pub max_runs: usize,
    /// How many connections are open at once; further ones wait to be accepted. Default 10,000.
    pub max_connections: usize,
    /// How long running streams may go on after a signal to stop. Default 30 seconds.
    pub drain_timeout: Duration,
    /// Whether clients may choose session ids where the server listens beyond loopback. Without authentication,
    /// who guesses an id reads the session; ids that the server has made cannot be guessed. Default `false`.
    pub client_session_ids: bool,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            addr: SocketAddr::from(([127, 0, 0, 1], 8000)),
            openai_path: Some("/v1".to_owned()),
            allow_origins: Vec::new(),
            body_limit: 32 * 1024 * 1024,
            bodies_in_flight: 256 * 1024 * 1024,
            max_runs: 1024,
            max_connections: 10_000,
            drain_timeout: Duration::from_secs(30),
            client_session_ids: false,
        }
    }
}
