//! The acceptance agent: one agent that does on command whatever the suites of clients want to see.
//!
//! `ALPHORA_ADDR=127.0.0.1:8000 cargo run -p alphora-tests --bin acceptance`
//!
//! It is written as a user would write it, with the public API alone. `ALPHORA_TIMEOUT_MS` limits a run (default
//! 300000), `ALPHORA_KEEPALIVE_MS` is the silence after which a stream gets a comment (default 15000).

mod agent;

mod answer;
mod counters;

mod command;
mod default_rule;

mod json;
mod synthesis;
mod tools;

use std::time::Duration;

use alphora::{Error, ErrorKind, MemoryPool, ServerConfig};

use self::agent::{AcceptanceAgent, AcceptanceAgentConfig};
use self::counters::Counters;

#[alphora::main]
async fn main() -> alphora::Result {
    let timeout = milliseconds("ALPHORA_TIMEOUT_MS", 300_000)?;
    let keep_alive = milliseconds("ALPHORA_KEEPALIVE_MS", 15_000)?;
    // The suites send thirty turns of one session at once.
    let pool = MemoryPool::default().with_queue(64, Duration::from_secs(30));
    let agent = AcceptanceAgent::new(Counters::default(), pool.clone(), timeout);
    let config = AcceptanceAgentConfig {
        timeout,
        // The limit on the whole run is the only one that the suites know.
        first_event_timeout: timeout,
        idle_timeout: timeout,
        keep_alive,
        ..Default::default()
    };
    let server = ServerConfig { drain_timeout: Duration::from_secs(5), ..Default::default() };
    alphora::publish(agent)
        .config(config)
        .memory_pool(pool)
        .server(server)
        .allow_origin("http://localhost:3000")
        .serve()
        .await
}

/// The variable `name` as a number of milliseconds.
#[expect(clippy::disallowed_methods, reason = "these two variables are this program's, not the framework's")]
fn milliseconds(name: &str, default: u64) -> alphora::Result<Duration> {
    let Ok(text) = std::env::var(name) else { return Ok(Duration::from_millis(default)) };
    match text.parse() {
        Ok(milliseconds) => Ok(Duration::from_millis(milliseconds)),
        Err(error) => {
            let message = format!("variable {name}: write a number of milliseconds, not {text:?} ({error})");
            Err(Error::new(ErrorKind::InvalidArgument, message))
        }
    }
}
