//! Requests that are sent again with the same `Idempotency-Key`: one run, one answer.

mod ending;
mod giving_back;
mod refused;
mod repeating;
mod replicas;
mod shares;
mod waiting;

#[cfg(any(feature = "postgres", feature = "redis"))]
pub(crate) use self::replicas::of_many_at_servers_of;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use alphora::prelude::*;
use alphora::session::store::{InMemoryStore, SessionStore};
use alphora::{Publisher, ServerConfig};
use alphora_tests::{
    Answer, Gate, PATIENCE, TestServer, Turns, exchange, get, post, request, until, until_connections,
    until_runs,
};
use serde_json::{Value, json};

const AGENT: &str = "/counted/chat/completions";
const OPENAI: &str = "/v1/chat/completions";

/// Does what the last user message says, and counts how often it was asked.
#[agent]
#[derive(Debug)]
struct Counted {
    begun: Arc<AtomicUsize>,
    #[agent(memory)]
    memory: Turns,
    #[agent(stream)]
    stream: DataStreamer,
}

#[agent(path = "/counted")]
impl Counted {
    async fn run(&mut self, request: OpenAIRequest) -> Result<(), AgentError> {
        let nth = self.begun.fetch_add(1, Ordering::SeqCst) + 1;
        for line in request.get_user_query().lines() {
            let (command, rest) = line.split_once(' ').unwrap_or((line, ""));
            match command {
                "text" => self.stream.text(rest).await?,
                "nth" => self.stream.text(nth.to_string()).await?,
                "sleep" => tokio::time::sleep(Duration::from_millis(rest.parse()?)).await,
                "gate" => Gate::pass(rest.parse()?).await,
                "remember" => self.memory.0.push(rest.to_owned()),
                "recall" => self.stream.text(self.memory.0.join(",")).await?,
                "large" => self.stream.text("x".repeat(rest.parse()?)).await?,
                "many" => {
                    for _ in 0..rest.parse()? {
                        self.stream.text("x".repeat(1024)).await?;
                    }
                }
                "refuse" => return Err(AgentError::public(rest.parse()?, "refused", "not this")),
                "panic" => panic!("as told"),
                other => return Err(format!("no such command: {other}").into()),
            }
        }
        Ok(())
    }
}

/// A server of the counting agent.
struct Bench {
    server: TestServer,
    begun: Arc<AtomicUsize>,
}

fn publish(begun: &Arc<AtomicUsize>) -> Publisher<Counted> {
    alphora::publish(Counted::new(Arc::clone(begun)))
}

impl Bench {
    async fn start() -> Self {
        Self::start_with(ServerConfig::default(), None).await
    }

    async fn start_with(server: ServerConfig, store: Option<Arc<dyn SessionStore>>) -> Self {
        let begun: Arc<AtomicUsize> = Arc::default();
        let mut publisher = publish(&begun).server(server);
        if let Some(store) = store {
            publisher = publisher.session_store(store);
        }
        Self { server: TestServer::start(publisher).await, begun }
    }

    fn addr(&self) -> SocketAddr {
        self.server.addr
    }

    fn begun(&self) -> usize {
        self.begun.load(Ordering::SeqCst)
    }
}

fn body(script: &str, stream: bool) -> Value {
    json!({ "messages": [{ "role": "user", "content": script }], "stream": stream })
}

/// Sends a request with a key.
async fn ask(addr: SocketAddr, path: &str, key: &str, body: &Value) -> Answer {
    post(addr, path, body, &[("Idempotency-Key", key)]).await
}

/// The bytes of a request with a key.
fn bytes_of(path: &str, key: &str, body: &Value) -> Vec<u8> {
    request("POST", path, &[("Idempotency-Key", key)], body.to_string().as_bytes())
}

/// What a body says, without the heartbeats.
fn said(answer: &Answer) -> String {
    let events = answer.body.split_inclusive("\n\n").filter(|event| !event.starts_with(':'));
    events.collect()
}

/// The words of the pieces of a stream with ids.
fn text_of(answer: &Answer) -> String {
    let data = answer.body.lines().filter_map(|line| line.strip_prefix("data: {"));
    data.map(|rest| {
        let chunk: Value = serde_json::from_str(&format!("{{{rest}")).unwrap();
        chunk["choices"][0]["delta"]["content"].as_str().unwrap_or_default().to_owned()
    })
    .collect()
}

/// Whether `again` is the answer of another request, and the same as `first` but for the id of its request.
fn assert_repeats(first: &Answer, again: &Answer) {
    assert_eq!(again.header("idempotent-replayed"), Some("true"), "{}", again.body);
    assert_eq!(first.header("idempotent-replayed"), None);
    assert_eq!((first.status, said(first)), (again.status, said(again)));
    for name in ["content-type", "x-run-id", "x-session-id", "x-should-retry"] {
        assert_eq!(first.header(name), again.header(name), "{name}");
    }
    assert_ne!(first.header("x-request-id"), again.header("x-request-id"));
}
