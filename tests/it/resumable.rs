//! Streams whose clients come back for the rest.

mod coming_back;
mod ending;
pub(crate) mod log;
mod refusals;
mod replicas;
mod waiting;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use alphora::ServerConfig;
use alphora_tests::{
    Answer, Connection, Gate, PATIENCE, Scripted, ScriptedConfig, TestServer, get, post, request, until,
    until_connections, until_draining, until_runs,
};
use serde_json::{Value, json};

use self::log::{Log, store_of};

const OPENAI: &str = "/v1/chat/completions";
const RESUMABLE: (&str, &str) = ("x-alphora-resumable", "1");

/// A server of the scripted agent whose streams are kept in a log.
struct Bench {
    server: TestServer,
    running: Arc<AtomicUsize>,
}

/// A stream that is being read.
struct Stream {
    connection: Connection,
    /// The id of its run.
    run: String,
    /// What came with the head.
    text: String,
}

fn body(script: &str) -> String {
    json!({ "messages": [{ "role": "user", "content": script }], "stream": true, "model": "a\nb\r\n\r\nid: 9" })
        .to_string()
}

impl Bench {
    async fn start(log: &Arc<Log>) -> Self {
        Self::start_with(log, ScriptedConfig::default(), ServerConfig::default()).await
    }

    async fn start_with(log: &Arc<Log>, config: ScriptedConfig, server: ServerConfig) -> Self {
        let running: Arc<AtomicUsize> = Arc::default();
        let agent = alphora::publish(Scripted::new(Arc::clone(&running)))
            .config(config)
            .server(server)
            .session_store(store_of(log.clone()));
        Self { server: TestServer::start(agent).await, running }
    }

    fn addr(&self) -> SocketAddr {
        self.server.addr
    }

    /// A whole resumable answer.
    async fn ask(&self, script: &str) -> Answer {
        post(self.addr(), OPENAI, body(script), &[RESUMABLE]).await
    }

    /// Begins a resumable stream, and reads until the event with number `until` has come.
    async fn begin(&self, script: &str, until: u64) -> Stream {
        let bytes = request("POST", OPENAI, &[RESUMABLE], body(script).as_bytes());
        let connection = Connection::send(self.addr(), &bytes).await.unwrap();
        let mut stream = Stream { connection, run: String::new(), text: String::new() };
        stream.until(until).await;
        let run = stream.text.split("x-run-id: ").nth(1).unwrap();
        stream.run = run.split("\r\n").next().unwrap().to_owned();
        stream
    }

    /// All that comes after an event, and the end.
    async fn rest(&self, run: &str, after: Option<u64>) -> Answer {
        rest(self.addr(), "/v1", run, after).await
    }
}

impl Stream {
    /// Reads until the event with this number has come.
    async fn until(&mut self, id: u64) {
        while id > 0 && events(&self.text).last().is_none_or(|(last, _)| *last < id) {
            let next = self.connection.next().await.unwrap();
            assert!(!next.is_empty(), "the stream ended early: {}", self.text);
            self.text.push_str(&next);
        }
    }

    /// Reads to the end, and gives all that has come.
    async fn whole(mut self) -> String {
        let rest = self.connection.rest().await.unwrap();
        self.text.push_str(&String::from_utf8(rest).unwrap());
        self.text
    }
}

async fn rest(addr: SocketAddr, path: &str, run: &str, after: Option<u64>) -> Answer {
    let after = after.map(|id| id.to_string());
    let headers: Vec<(&str, &str)> = after.iter().map(|id| ("Last-Event-ID", &**id)).collect();
    let bytes = request("GET", &format!("{path}/runs/{run}/events"), &headers, b"");
    alphora_tests::exchange(addr, &bytes).await
}

/// The events of a text that has come so far, with their numbers. Frames of the transfer coding may be in between.
fn events(text: &str) -> Vec<(u64, String)> {
    let whole = text.rfind("\n\n").map_or("", |end| &text[..end + 2]);
    let event = |piece: &str| {
        let (before, data) = piece.split_once("\ndata: ")?;
        let id = before.rsplit('\n').next()?.strip_prefix("id: ")?;
        Some((id.parse().ok()?, data.to_owned()))
    };
    whole.split("\n\n").filter_map(event).collect()
}

/// The events of a whole body. Each is an id that is a number, and its data, and nothing else; comments are left out.
fn exact(body: &str) -> Vec<(u64, String)> {
    assert!(body.is_empty() || body.ends_with("\n\n"), "{body}");
    let pieces = body.split("\n\n").filter(|piece| !piece.is_empty() && !piece.starts_with(": "));
    pieces
        .map(|piece| {
            let lines: Vec<&str> = piece.split('\n').collect();
            assert!(lines.len() == 2 && !piece.contains('\r'), "{piece:?}");
            let id = lines[0].strip_prefix("id: ").unwrap();
            assert!(id.bytes().all(|byte| byte.is_ascii_digit()), "{id}");
            (id.parse().unwrap(), lines[1].strip_prefix("data: ").unwrap().to_owned())
        })
        .collect()
}

/// Checks that these are all events of a stream from number `first`, each once, and gives its text.
fn check_whole(events: &[(u64, String)], first: u64) -> String {
    let ids: Vec<u64> = events.iter().map(|(id, _)| *id).collect();
    let expected: Vec<u64> = (first..).take(ids.len()).collect();
    assert_eq!(ids, expected, "each event once, in order");
    let (done, chunks) = events.split_last().unwrap();
    assert_eq!(done.1, "[DONE]");
    chunks
        .iter()
        .map(|(_, data)| {
            let chunk: Value = serde_json::from_str(data).unwrap();
            chunk["choices"][0]["delta"]["content"].as_str().unwrap_or_default().to_owned()
        })
        .collect()
}

fn methods(bench: &Bench) -> usize {
    bench.running.load(Ordering::SeqCst)
}
