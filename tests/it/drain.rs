//! Stopping: what may end, what is cut, and that nothing is left.

mod closing;

use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use alphora::{OnDisconnect, ServerConfig};
use alphora_tests::{
    Connection, Gate, PATIENCE, Program, Scripted, ScriptedConfig, TestServer, get, post, request,
    until_connections, until_draining, until_tasks,
};
use serde_json::{Value, json};

const OPENAI: &str = "/v1/chat/completions";

fn body(script: &str, stream: bool) -> Value {
    json!({ "messages": [{ "role": "user", "content": script }], "stream": stream })
}

fn chat(script: &str) -> Vec<u8> {
    request("POST", OPENAI, &[], body(script, true).to_string().as_bytes())
}

/// A time to drain that no test waits for, in milliseconds: what ends before it does not end because of it.
const LONG: u64 = 60_000;

/// Shorter than anything else that could end a run.
const SOON: Duration = Duration::from_secs(5);

struct Subject {
    server: TestServer,
    running: Arc<AtomicUsize>,
}

impl Subject {
    async fn start(drain_timeout: u64, on_disconnect: OnDisconnect) -> Self {
        let running: Arc<AtomicUsize> = Arc::default();
        let server =
            ServerConfig { drain_timeout: Duration::from_millis(drain_timeout), ..ServerConfig::default() };
        let config = ScriptedConfig { on_disconnect, ..ScriptedConfig::default() };
        let agent = alphora::publish(Scripted::new(Arc::clone(&running))).config(config).server(server);
        Self { server: TestServer::start(agent).await, running }
    }

    fn running(&self) -> usize {
        self.running.load(Ordering::SeqCst)
    }

    /// Opens streams whose runs have sent `a`.
    async fn streams(&self, count: usize, script: &str) -> Vec<Connection> {
        let mut streams = Vec::new();
        for _ in 0..count {
            let mut stream =
                Connection::send(self.server.addr, &chat(&format!("text a\n{script}"))).await.unwrap();
            stream.until("\"a\"").await.unwrap();
            streams.push(stream);
        }
        streams
    }

    /// Waits until the server has stopped, and says how long that took.
    async fn stop(self) -> Duration {
        let begun = Instant::now();
        tokio::time::timeout(PATIENCE, self.server.stopped()).await.expect("the server stops");
        assert_eq!(self.running.load(Ordering::SeqCst), 0, "no run is left");
        begun.elapsed()
    }
}

/// How many tasks the test's runtime has.
fn tasks() -> usize {
    tokio::runtime::Handle::current().metrics().num_alive_tasks()
}

#[tokio::test]
async fn streams_end_and_idle_connections_are_closed_at_once() {
    let before = tasks();
    let (mut subject, gate) = (Subject::start(LONG, OnDisconnect::Cancel).await, Gate::new());
    let streams = subject.streams(20, &format!("gate {gate}\ntext b")).await;
    let mut used = Connection::send(subject.server.addr, b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .await
        .unwrap();
    used.until("\"ok\"").await.unwrap();
    let mut unused = Connection::send(subject.server.addr, b"").await.unwrap();
    get(subject.server.addr, "/ready").await;
    subject.server.tell_to_stop();
    let closed = async { (used.rest().await.unwrap(), unused.rest().await.unwrap()) };
    let closed = tokio::time::timeout(PATIENCE, closed).await.expect("they do not wait for the streams");
    assert_eq!(closed, (Vec::new(), Vec::new()));
    gate.open();
    for mut stream in streams {
        let rest = String::from_utf8(stream.rest().await.unwrap()).unwrap();
        assert!(rest.contains("\"b\"") && rest.contains("[DONE]") && rest.ends_with("0\r\n\r\n"), "{rest}");
    }
    subject.stop().await;
    until_tasks(before).await;
}

#[tokio::test]
async fn who_asks_while_it_drains_is_told_and_let_go() {
    let (mut subject, gate) = (Subject::start(LONG, OnDisconnect::Cancel).await, Gate::new());
    let _streams = subject.streams(1, &format!("gate {gate}")).await;
    let addr = subject.server.addr;
    subject.server.tell_to_stop();
    until_draining(addr).await;
    let ready = get(addr, "/ready").await;
    assert_eq!((ready.status, &ready.json()["status"]), (503, &json!("draining")));
    let refused = post(addr, OPENAI, body("text x", false), &[]).await;
    assert_eq!((refused.status, refused.header("retry-after")), (503, Some("1")));
    let mut kept = Connection::send(addr, b"GET /ready HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    let answer = String::from_utf8(kept.rest().await.unwrap()).unwrap();
    assert!(answer.contains("connection: close"), "one request a connection from here on: {answer}");
    gate.open();
    // They do not hold it up.
    subject.stop().await;
}

#[tokio::test]
async fn what_does_not_end_is_cut_with_a_last_event() {
    let before = tasks();
    let mut subject = Subject::start(300, OnDisconnect::Cancel).await;
    let streams = subject.streams(20, "hang").await;
    let silent = Connection::send(subject.server.addr, b"POST /v1/chat/comp").await.unwrap();
    subject.server.tell_to_stop();
    let begun = Instant::now();
    for mut stream in streams {
        let rest = String::from_utf8(stream.rest().await.unwrap()).unwrap();
        let told = rest.contains("\"code\":\"shutdown\"") && rest.contains("[DONE]");
        assert!(told && rest.ends_with("0\r\n\r\n"), "{rest}");
    }
    subject.stop().await;
    let took = begun.elapsed();
    assert!(took >= Duration::from_millis(300) && took < SOON, "{took:?}");
    until_tasks(before).await;
    drop(silent);
}

#[tokio::test]
async fn runs_without_a_client_end_too() {
    let before = tasks();
    let (mut subject, gate) = (Subject::start(LONG, OnDisconnect::Continue).await, Gate::new());
    drop(subject.streams(5, &format!("gate {gate}\nremember x")).await);
    until_connections(subject.server.addr, 0).await;
    assert_eq!(gate.waiting(), 5, "they go on");
    subject.server.tell_to_stop();
    until_draining(subject.server.addr).await;
    assert_eq!(subject.running(), 5, "they are waited for");
    gate.open();
    subject.stop().await;
    until_tasks(before).await;
}

#[tokio::test]
async fn runs_without_a_client_are_cut_too() {
    let before = tasks();
    let mut subject = Subject::start(300, OnDisconnect::Continue).await;
    drop(subject.streams(5, "hang").await);
    // A client that leaves while the server drains leaves its run behind as well.
    let late = subject.streams(5, "hang").await;
    until_connections(subject.server.addr, 5).await;
    subject.server.tell_to_stop();
    drop(late);
    let took = subject.stop().await;
    assert!(took >= Duration::from_millis(300) && took < SOON, "{took:?}");
    until_tasks(before).await;
}

#[tokio::test]
async fn a_server_that_is_dropped_leaves_nothing() {
    let before = tasks();
    let running: Arc<AtomicUsize> = Arc::default();
    let config = ScriptedConfig { on_disconnect: OnDisconnect::Continue, ..ScriptedConfig::default() };
    let agent = alphora::publish(Scripted::new(Arc::clone(&running))).config(config);
    let server = agent.environment(alphora::Environment::empty()).without_banner();
    let server = server.bind("127.0.0.1:0").await.unwrap();
    let addr = server.local_addr();
    let using = async {
        let mut kept = Connection::send(addr, &chat("text a\nhang")).await.unwrap();
        kept.until("\"a\"").await.unwrap();
        let mut left = Connection::send(addr, &chat("text a\nhang")).await.unwrap();
        left.until("\"a\"").await.unwrap();
        drop(left);
        until_connections(addr, 1).await;
        kept
    };
    let mut kept = tokio::select! {
        () = server.run_until(std::future::pending()) => unreachable!(),
        kept = using => kept,
    };
    until_tasks(before).await;
    assert_eq!(running.load(Ordering::SeqCst), 0);
    assert!(!String::from_utf8_lossy(&kept.rest().await.unwrap_or_default()).contains("[DONE]"));
}

/// A server as a process.
async fn process(variables: &[(&str, &str)]) -> Program {
    let mut command = Program::command(env!("CARGO_BIN_EXE_scripted"));
    command.env("ALPHORA_ADDR", "127.0.0.1:0").envs(variables.iter().copied()).stderr(Stdio::null());
    Program::start(command, "listening on ").await.unwrap()
}

#[tokio::test]
async fn a_second_signal_means_now() {
    for signals in [["-TERM", "-TERM"], ["-INT", "-TERM"]] {
        let mut process = process(&[("ALPHORA_DRAIN_TIMEOUT", "60")]).await;
        let mut stream = Connection::send(process.addr, &chat("text a\nhang")).await.unwrap();
        stream.until("\"a\"").await.unwrap();
        process.signal(signals[0]).unwrap();
        until_draining(process.addr).await;
        assert_eq!(process.ended(Duration::from_millis(300)).await.unwrap(), None, "a run is under way");
        process.signal(signals[1]).unwrap();
        let rest = String::from_utf8(stream.rest().await.unwrap()).unwrap();
        assert!(rest.contains("\"code\":\"shutdown\"") && rest.ends_with("0\r\n\r\n"), "{rest}");
        assert!(process.ended(PATIENCE).await.unwrap().expect("it ends").success());
    }
}

#[tokio::test]
async fn the_first_signal_lets_answers_end() {
    let mut process = process(&[("ALPHORA_ON_DISCONNECT", "continue")]).await;
    let mut stream = Connection::send(process.addr, &chat("text a\nsleep 400\ntext b")).await.unwrap();
    stream.until("\"a\"").await.unwrap();
    process.signal("-TERM").unwrap();
    let rest = String::from_utf8(stream.rest().await.unwrap()).unwrap();
    assert!(rest.contains("\"b\"") && rest.contains("[DONE]"), "{rest}");
    assert!(process.ended(PATIENCE).await.unwrap().expect("it ends").success());
    assert!(Connection::send(process.addr, b"").await.is_err());
}
