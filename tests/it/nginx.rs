//! nginx in front, as it buffers by default: streams are not held back, a client that leaves is noticed, and
//! connections are used again.
//!
//! These need nginx: `cargo test -p alphora-tests --test it -- --ignored nginx`.

mod process;

use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::{Duration, Instant};

use alphora::prelude::*;
use alphora_tests::chaos::{ChaosProxy, Plan};
use alphora_tests::{Connection, Gate, Scripted, ScriptedConfig, TestServer, post, request, until_running};
use process::Nginx;
use serde_json::{Value, json};

const CHUNKS: usize = 20;

/// The time between two chunks. Who holds one back until the next has come is this late.
const GAP: Duration = Duration::from_millis(40);

/// Sends the microseconds since the test began, again and again.
#[agent]
struct Clock {
    begun: Instant,
    #[agent(stream)]
    stream: DataStreamer,
}

#[agent(path = "/clock")]
impl Clock {
    async fn run(&self, _: OpenAIRequest) -> alphora::Result {
        for _ in 0..CHUNKS {
            self.stream.text(format!("{} ", self.begun.elapsed().as_micros())).await?;
            tokio::time::sleep(GAP).await;
        }
        Ok(())
    }
}

/// An alphora server with nginx in front, and a counter of connections in between.
struct Subject {
    server: TestServer,
    upstream: ChaosProxy,
    nginx: Nginx,
    running: Arc<AtomicUsize>,
    begun: Instant,
}

impl Subject {
    async fn start() -> Self {
        let (running, begun): (Arc<AtomicUsize>, _) = (Arc::default(), Instant::now());
        let config = ScriptedConfig { keep_alive: Duration::from_millis(50), ..ScriptedConfig::default() };
        let agents = alphora::publish(Clock::new(begun)).and(Scripted::new(running.clone())).config(config);
        let server = TestServer::start(agents).await;
        let upstream = ChaosProxy::always(server.addr, Plan::nothing()).await;
        let nginx = Nginx::start(upstream.addr).await;
        Self { server, upstream, nginx, running, begun }
    }

    /// How late each chunk of the clock arrives at a client of `addr`.
    async fn delays(&self, addr: SocketAddr) -> Vec<Duration> {
        let body = json!({ "messages": [{ "role": "user", "content": "?" }], "stream": true }).to_string();
        let bytes = request("POST", "/clock/chat/completions", &[], body.as_bytes());
        let mut connection = Connection::send(addr, &bytes).await.unwrap();
        let (mut text, mut delays, mut read) = (String::new(), Vec::new(), 0);
        while !text.contains("data: [DONE]") {
            text.push_str(&connection.next().await.unwrap());
            let now = self.begun.elapsed();
            while let Some(end) = text[read..].find("\n\n") {
                let event = text[read..read + end].split_once("data: ").map_or("", |(_, data)| data);
                read += end + 2;
                let chunk: Value = serde_json::from_str(event).unwrap_or_default();
                let content = chunk["choices"][0]["delta"]["content"].as_str().unwrap_or_default();
                if let Ok(sent) = content.trim().parse() {
                    delays.push(now - Duration::from_micros(sent));
                }
            }
        }
        delays.sort_unstable();
        delays
    }
}

fn script(script: &str) -> Value {
    json!({ "messages": [{ "role": "user", "content": script }], "stream": true, "session_id": "s" })
}

fn tell(figure: &str) {
    // Shown with `--nocapture`, where the harness does not hide it.
    let _ = writeln!(std::io::stderr(), "{figure}");
}

#[tokio::test]
#[ignore = "needs nginx"]
async fn chunks_are_not_held_back() {
    let subject = Subject::start().await;
    let direct = subject.delays(subject.server.addr).await;
    assert_eq!(direct.len(), CHUNKS);
    let (half, last) = (CHUNKS / 2, CHUNKS - 1);
    for (addr, how) in [(subject.nginx.addr, "1.1"), (subject.nginx.plain, "1.0, as by default")] {
        let proxied = subject.delays(addr).await;
        assert_eq!(proxied.len(), CHUNKS);
        tell(&format!(
            "from `send` to the client: {:?} (worst {:?}) direct, {:?} (worst {:?}) through nginx with HTTP/{how}",
            direct[half], direct[last], proxied[half], proxied[last],
        ));
        assert!(proxied[half] < GAP / 4, "half of the chunks came later than {:?}", proxied[half]);
        assert!(proxied[last] < GAP, "a chunk came after the next was sent: {:?}", proxied[last]);
    }
}

#[tokio::test]
#[ignore = "needs nginx"]
async fn nginx_would_hold_them_back_if_nobody_told_it() {
    let subject = Subject::start().await;
    let buffered = subject.delays(subject.nginx.deaf).await;
    // What nginx joins it may also tear, so that a chunk or two are not seen here.
    let worst = buffered.last().copied().unwrap_or_default();
    tell(&format!("from `send` to the client, while nginx buffers: worst {worst:?}"));
    assert!(worst > GAP * 10, "this nginx does not buffer, so the other test shows nothing: {buffered:?}");
}

#[tokio::test]
#[ignore = "needs nginx"]
async fn a_client_that_leaves_nginx_ends_its_run() {
    let subject = Subject::start().await;
    let ways = [
        (subject.server.addr, "direct"),
        (subject.nginx.addr, "nginx, HTTP/1.1"),
        (subject.nginx.plain, "nginx, HTTP/1.0"),
    ];
    for (addr, path) in ways {
        for stream in [true, false] {
            let mut body = script("text start\nhang");
            body["stream"] = stream.into();
            let bytes = request("POST", "/scripted/chat/completions", &[], body.to_string().as_bytes());
            let mut connection = Connection::send(addr, &bytes).await.unwrap();
            if stream {
                connection.until("start").await.unwrap();
            }
            until_running(&subject.running, 1).await;
            let left = Instant::now();
            drop(connection);
            until_running(&subject.running, 0).await;
            tell(&format!(
                "{path}, stream: {stream}: the run was over {:?} after its client",
                left.elapsed()
            ));
        }
    }
}

#[tokio::test]
#[ignore = "needs nginx"]
async fn heartbeats_pass() {
    let (subject, gate) = (Subject::start().await, Gate::new());
    let body = script(&format!("gate {gate}\ntext end")).to_string();
    let bytes = request("POST", "/scripted/chat/completions", &[], body.as_bytes());
    let mut connection = Connection::send(subject.nginx.addr, &bytes).await.unwrap();
    let mut heartbeats = 0;
    while heartbeats < 4 {
        heartbeats += connection.next().await.unwrap().matches(": keep-alive\n\n").count();
    }
    gate.open();
    connection.until("[DONE]").await.unwrap();
}

#[tokio::test]
#[ignore = "needs nginx"]
async fn upstream_connections_are_used_again() {
    let subject = Subject::start().await;
    for number in 0..30 {
        let mut body = script("text x");
        body["stream"] = (number % 2 == 0).into();
        let answer = post(subject.nginx.addr, "/v1/chat/completions", with_model(body), &[]).await;
        assert_eq!((answer.status, answer.content().as_str()), (200, "x"));
    }
    assert_eq!(subject.upstream.connections(), 1, "thirty requests took one connection");
    // A turn that fails, early or late, is no reason to close it either.
    for what in ["fail x", "text partial\nsleep 5\nfail x", "text partial\nsleep 5\npanic x"] {
        let answer = post(subject.nginx.addr, "/v1/chat/completions", with_model(script(what)), &[]).await;
        assert!(answer.body.contains("agent_error"), "{}", answer.body);
    }
    assert_eq!(subject.upstream.connections(), 1);
}

#[tokio::test]
#[ignore = "needs nginx"]
async fn a_body_that_nginx_writes_to_a_file_arrives_whole() {
    let subject = Subject::start().await;
    // More than nginx keeps in memory, in few lines that the script sends back.
    let long = "x".repeat(300_000);
    let body = with_model(script(&format!("text {long}\ntext end")));
    let answer = post(subject.nginx.addr, "/v1/chat/completions", body, &[]).await;
    assert_eq!((answer.status, answer.content()), (200, long + "end"));
}

/// Two agents are published, so requests to `/v1` name one.
fn with_model(mut body: Value) -> Value {
    body["model"] = "Scripted".into();
    body
}
