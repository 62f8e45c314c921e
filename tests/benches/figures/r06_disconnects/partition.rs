//! A network that is gone without a word: a namespace of its own, a cable of two ends, and one end taken down.

use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use alphora::{Environment, ServerConfig};

use super::no_model;
use super::subject::{Leaves, LeavesConfig, Ledger};
use crate::Result;
use crate::figure::Row;

const CLIENTS: usize = 8;
/// The time between two heartbeats: each is a write that has to be acknowledged.
const KEEP_ALIVE: Duration = Duration::from_secs(1);
/// The longest that a run may outlive its network, and the longest that it is waited for.
const GOAL: Duration = Duration::from_secs(45);
const PATIENCE: Duration = Duration::from_secs(60);

/// Addresses that are set aside for benchmarks.
const HERE: &str = "198.18.77.1";
const THERE: &str = "198.18.77.2";

pub(super) async fn run() -> Result<Vec<Row>> {
    let cable = match Cable::lay() {
        Ok(cable) => cable,
        Err(why) => {
            return Ok(vec![Row::shown("a silent partition", format_args!("**NOT MEASURED**: {why}"))]);
        }
    };
    let ledger = Arc::new(Ledger::new(CLIENTS));
    let config = LeavesConfig { keep_alive: KEEP_ALIVE, ..LeavesConfig::default() };
    let agent = alphora::publish(Leaves::new(ledger.clone(), no_model()?)).config(config);
    // The other end of the cable is another machine.
    let agent = agent.server(ServerConfig { allow_anonymous: true, ..ServerConfig::default() });
    let agent = agent.environment(Environment::empty()).without_banner();
    let server = agent.bind(SocketAddr::new(HERE.parse()?, 0)).await?;
    let address = server.local_addr();
    let mut serving = tokio::task::JoinSet::new();
    serving.spawn(server.run_until(std::future::pending()));

    let mut clients = Vec::new();
    for number in 0..CLIENTS {
        clients.push(cable.client(address, number)?);
    }
    wait_until(Duration::from_secs(10), || (0..CLIENTS).all(|run| ledger.has_reached(run))).await;
    let begun = ledger.running();
    // Heartbeats have gone out and were acknowledged: these are connections in good order.
    tokio::time::sleep(KEEP_ALIVE * 2).await;
    let alive = ledger.running();
    cable.cut()?;
    let cut = Instant::now();
    wait_until(PATIENCE, || ledger.running() == 0).await;
    let ended = (0..CLIENTS).filter_map(|run| ledger.dropped(run));
    let longest = ended.map(|ended| ended.saturating_duration_since(cut)).max().unwrap_or(PATIENCE);
    let longest = if ledger.running() == 0 { longest } else { PATIENCE };
    Ok(vec![
        Row::exactly("runs before a silent partition", begun.min(alive), CLIENTS),
        Row::exactly(format_args!("runs {PATIENCE:?} after it"), ledger.running(), 0),
        Row::at_most(
            format_args!("the longest that one of them lived on, with a heartbeat every {KEEP_ALIVE:?}"),
            longest.as_secs_f64(),
            GOAL.as_secs_f64(),
            " s",
        ),
    ])
}

async fn wait_until(patience: Duration, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() && begun.elapsed() < patience {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// A pair of virtual network cards, one of them in a namespace of its own. Both are gone when this is dropped.
struct Cable {
    namespace: String,
    here: String,
    there: String,
}

impl Cable {
    /// # Errors
    /// The machine does not let this process do it.
    fn lay() -> Result<Self> {
        let id = std::process::id();
        // Names of cards have at most 15 bytes.
        let cable =
            Self { namespace: format!("figures-{id}"), here: format!("fh{id}"), there: format!("ft{id}") };
        let Self { namespace, here, there } = &cable;
        ip(&["netns", "add", namespace])?;
        ip(&["link", "add", here, "type", "veth", "peer", "name", there, "netns", namespace])?;
        ip(&["addr", "add", &format!("{HERE}/30"), "dev", here])?;
        ip(&["link", "set", here, "up"])?;
        ip(&["-n", namespace, "addr", "add", &format!("{THERE}/30"), "dev", there])?;
        ip(&["-n", namespace, "link", "set", there, "up"])?;
        Ok(cable)
    }

    /// A client at the other end that asks for a run without an end, and reads.
    fn client(&self, address: SocketAddr, number: usize) -> Result<Client> {
        let body = format!(
            "{{\"messages\":[{{\"role\":\"user\",\"content\":\"{number} hang 1\"}}],\"stream\":true}}"
        );
        let request = alphora_tests::request("POST", "/v1/chat/completions", &[], body.as_bytes());
        let script = format!(
            "exec 3<>/dev/tcp/{}/{} && printf '%s' \"$0\" >&3 && exec cat <&3",
            address.ip(),
            address.port()
        );
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.namespace, "bash", "-c", &script]);
        command.arg(String::from_utf8(request)?).stdin(Stdio::null()).stdout(Stdio::null());
        Ok(Client(command.spawn()?))
    }

    /// Takes the far end down: what is sent is lost, and nobody is told.
    fn cut(&self) -> Result {
        ip(&["-n", &self.namespace, "link", "set", &self.there, "down"])
    }
}

impl Drop for Cable {
    fn drop(&mut self) {
        // Nothing is left to do where one of them fails.
        let _ = ip(&["link", "del", &self.here]);
        let _ = ip(&["netns", "del", &self.namespace]);
    }
}

/// A process that ends with this value.
struct Client(Child);

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn ip(arguments: &[&str]) -> Result {
    let output = Command::new("ip").args(arguments).output().map_err(|error| format!("`ip`: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let error = String::from_utf8_lossy(&output.stderr);
    Err(format!("`ip {}`: {}", arguments.join(" "), error.trim()).into())
}
