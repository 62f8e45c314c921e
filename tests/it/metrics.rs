//! What a scrape reads: every run is counted once, however it ends; and who may read it.

mod endings;
mod formats;
mod readers;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use alphora_tests::{
    Answer, Connection, Scripted, ScriptedConfig, TestServer, exchange, get, post, request, until, until_some,
};
use serde_json::{Value, json};

const OPENAI: &str = "/v1/chat/completions";
const AGENT: &str = "/scripted/chat/completions";

/// A server of the scripted agent, and how many of its methods run.
struct Bench {
    server: TestServer,
    running: Arc<AtomicUsize>,
}

fn body(script: &str, stream: bool) -> Value {
    json!({ "messages": [{ "role": "user", "content": script }], "stream": stream, "session_id": "s" })
}

impl Bench {
    async fn start(config: ScriptedConfig) -> Self {
        let running: Arc<AtomicUsize> = Arc::default();
        let publisher = alphora::publish(Scripted::new(Arc::clone(&running))).config(config);
        Self { server: TestServer::start(publisher).await, running }
    }

    fn addr(&self) -> SocketAddr {
        self.server.addr
    }

    async fn ask(&self, script: &str, stream: bool, headers: &[(&str, &str)]) -> Answer {
        post(self.addr(), OPENAI, body(script, stream), headers).await
    }

    /// A run whose method runs, and whose answer is not read yet.
    async fn begun(&self, script: &str, stream: bool, headers: &[(&str, &str)]) -> Connection {
        let before = self.running.load(Ordering::SeqCst);
        let bytes = request("POST", OPENAI, headers, body(script, stream).to_string().as_bytes());
        let connection = Connection::send(self.addr(), &bytes).await.unwrap();
        until("the method runs", async || self.running.load(Ordering::SeqCst) > before).await;
        connection
    }

    async fn scrape(&self) -> Samples {
        Samples::of(self.addr()).await
    }

    /// What a scrape reads when nothing runs any more.
    async fn idle(&self) -> Samples {
        until_some("nothing runs", async || {
            let samples = self.scrape().await;
            let is_idle = samples.get("alphora_runs_active{agent=\"Scripted\"}") == 0.0
                && samples.get("alphora_streams_open") == 0.0;
            is_idle.then_some(samples)
        })
        .await
    }
}

/// What a scrape has read, by name and labels.
struct Samples(BTreeMap<String, f64>);

impl Samples {
    async fn of(addr: SocketAddr) -> Self {
        let answer = get(addr, "/metrics").await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        Self::read(&answer.body)
    }

    fn read(text: &str) -> Self {
        let sample = |line: &str| {
            let (name, value) = line.rsplit_once(' ').unwrap_or_else(|| panic!("no sample: {line}"));
            (name.to_owned(), value.parse().unwrap_or_else(|_| panic!("no number: {line}")))
        };
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let samples: Vec<(String, f64)> = lines.map(sample).collect();
        let (all, map) = (samples.len(), samples.into_iter().collect::<BTreeMap<_, _>>());
        assert_eq!(map.len(), all, "every sample is there once");
        Self(map)
    }

    #[track_caller]
    fn get(&self, name: &str) -> f64 {
        *self.0.get(name).unwrap_or_else(|| panic!("there is no `{name}` in {:#?}", self.0.keys()))
    }

    /// The runs of the scripted agent that ended so.
    #[track_caller]
    fn ended(&self, outcome: &str) -> f64 {
        self.get(&format!("alphora_runs_total{{agent=\"Scripted\",outcome=\"{outcome}\"}}"))
    }

    /// All samples whose names begin so, added up.
    fn sum(&self, beginning: &str) -> f64 {
        self.0.iter().filter(|(name, _)| name.starts_with(beginning)).map(|(_, value)| value).sum()
    }
}
