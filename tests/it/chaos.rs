//! Connections that are cut, stalled, half-closed, split and joined on their way, by a proxy in front of a real server.
//!
//! Whatever happens to a connection, its run ends, its place is free again, its session is at its old or at its new
//! state, and a client that was told that its turn is stored finds it there.

mod models;
mod phases;
mod schedules;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use alphora::{Publisher, ServerConfig};
use alphora_tests::{Scripted, ScriptedConfig, TestServer, post, until_some};
use serde_json::{Value, json};

const OPENAI: &str = "/v1/chat/completions";

/// A server of scripts, and what it counts.
struct Subject {
    server: TestServer,
    running: Arc<AtomicUsize>,
}

impl Subject {
    async fn start(max_runs: usize) -> Self {
        let running: Arc<AtomicUsize> = Arc::default();
        let agent: Publisher<Scripted> = alphora::publish(Scripted::new(Arc::clone(&running)));
        let config = ScriptedConfig { keep_alive: Duration::from_millis(20), ..ScriptedConfig::default() };
        let server = ServerConfig { max_runs, ..ServerConfig::default() };
        Self { server: TestServer::start(agent.config(config).server(server)).await, running }
    }

    fn running(&self) -> usize {
        self.running.load(Ordering::SeqCst)
    }

    /// The turns that a session holds, asked for past the proxy.
    async fn turns(&self, session: &str, case: &str) -> Vec<String> {
        let answer = until_some(format!("{case}: the place of a run that is over is free"), async || {
            let answer = post(self.server.addr, OPENAI, body("recall", session, false), &[]).await;
            if answer.status != 200 {
                assert_eq!(answer.status, 429, "{case}: {}", answer.body);
                return None;
            }
            Some(answer.content())
        })
        .await;
        answer.split(',').filter(|turn| !turn.is_empty()).map(str::to_owned).collect()
    }
}

fn body(script: &str, session: &str, stream: bool) -> Value {
    json!({ "messages": [{ "role": "user", "content": script }], "session_id": session, "stream": stream })
}

/// A turn that remembers two things, with time and words in between.
fn turn(name: &str) -> String {
    format!("remember {name}a\ntext one \nsleep 8\ntext two \nsleep 8\nremember {name}b")
}

/// The names of the turns; fails if one was stored in part.
fn whole_turns(stored: &[String], case: &str) -> Vec<String> {
    let names = stored.chunks(2).map(|pair| {
        let name = pair[0].strip_suffix('a').unwrap_or_else(|| panic!("{case}: half a turn in {stored:?}"));
        assert_eq!(pair.get(1), Some(&format!("{name}b")), "{case}: half a turn in {stored:?}");
        name.to_owned()
    });
    names.collect()
}
