//! The configuration of a server, whatever it serves.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::sync::Semaphore;

use super::invalid::{check_duration, invalid};
use super::options::SERVER_OPTIONS;
use super::{origin, path};
use crate::error::AgentValidationError;

/// The options of a server: the table `[server]` of the configuration file, or `ALPHORA_<OPTION>`.
#[derive(Debug, Clone)]
pub struct ServerConfig {
    /// Where to listen. Default `127.0.0.1:8000`; `--host` and `--port` on the command line win.
    pub addr: SocketAddr,
    /// The path of the surface for OpenAI's clients, or `None` for no such surface. Default `/v1`.
    pub openai_path: Option<String>,
    /// The origins whose pages may call the server from a browser, each as `https://example.com` or
    /// `http://localhost:3000`; `*` is none. Default: none.
    pub allow_origins: Vec<String>,
    /// The most bytes that a request's body may have, at most `bodies_in_flight`. Default 32 MiB.
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

impl ServerConfig {
    /// Whether a server can be made of these options.
    ///
    /// # Errors
    /// The first value that it cannot have, or the two that do not fit.
    pub(crate) fn check(&self) -> Result<(), AgentValidationError> {
        for option in SERVER_OPTIONS {
            self.check_option(&format!("`{option}` of the server"), option)?;
        }
        if self.body_limit > self.bodies_in_flight {
            let expected = format!(
                "write at most `bodies_in_flight`, which is {} bytes, or make that larger",
                self.bodies_in_flight
            );
            let place = "`body_limit` of the server";
            return Err(invalid(place, "body_limit", &self.body_limit.to_string(), &expected));
        }
        Ok(())
    }

    /// Whether the server can have the value that one option has got at `place`.
    ///
    /// # Errors
    /// The value with its place.
    pub(super) fn check_option(&self, place: &str, option: &str) -> Result<(), AgentValidationError> {
        let count = match option {
            "body_limit" => self.body_limit,
            "bodies_in_flight" => self.bodies_in_flight,
            "max_runs" => self.max_runs,
            "max_connections" => self.max_connections,
            "drain_timeout" => {
                let value = self.drain_timeout;
                return check_duration(value)
                    .map_err(|expected| invalid(place, option, &format!("{value:?}"), expected));
            }
            "openai_path" => {
                let Some(value) = &self.openai_path else { return Ok(()) };
                return path::check(value).map_err(|expected| invalid(place, option, value, &expected));
            }
            "allow_origins" => {
                return self.allow_origins.iter().try_for_each(|value| {
                    origin::check(value).map_err(|expected| invalid(place, option, value, expected))
                });
            }
            _ => return Ok(()),
        };
        // Each of them is counted by a semaphore.
        if (1..=Semaphore::MAX_PERMITS).contains(&count) {
            return Ok(());
        }
        let expected = format!("write at least 1 and at most {}", Semaphore::MAX_PERMITS);
        Err(invalid(place, option, &count.to_string(), &expected))
    }
}
