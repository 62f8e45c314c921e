//! HTTP/2 with prior knowledge: many streams on a connection, each of which ends, or is left, by itself.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::{Duration, Instant};

use alphora::ServerConfig;
use alphora_tests::{Gate, Scripted, TestServer, get, until_running, until_tasks};
use axum::body::Body;
use axum::http::{Request, Response, StatusCode, Version};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper::client::conn::http2::SendRequest;
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::json;
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

/// A server of scripts, one connection to it, and how many of its agents run.
struct Subject {
    server: TestServer,
    running: Arc<AtomicUsize>,
    client: SendRequest<Body>,
    socket: std::net::TcpStream,
    connection: JoinHandle<hyper::Result<()>>,
}

impl Subject {
    async fn start(config: ServerConfig) -> Self {
        let running: Arc<AtomicUsize> = Arc::default();
        let agent = alphora::publish(Scripted::new(Arc::clone(&running))).server(config);
        let server = TestServer::start(agent).await;
        let stream = TcpStream::connect(server.addr).await.unwrap().into_std().unwrap();
        stream.set_nodelay(true).unwrap();
        let socket = stream.try_clone().unwrap();
        let stream = TokioIo::new(TcpStream::from_std(stream).unwrap());
        let (client, connection) =
            hyper::client::conn::http2::handshake(TokioExecutor::new(), stream).await.unwrap();
        #[expect(clippy::disallowed_methods, reason = "it ends with its server, or is aborted")]
        let connection = tokio::spawn(connection);
        Self { server, running, client, socket, connection }
    }

    async fn send(&self, request: Request<Body>) -> Response<Incoming> {
        self.client.clone().send_request(request).await.unwrap()
    }

    async fn chat(&self, script: &str, stream: bool) -> Response<Incoming> {
        self.send(chat(script, stream)).await
    }
}

fn request(method: &str, path: &str) -> axum::http::request::Builder {
    Request::builder().method(method).uri(format!("http://localhost{path}")).version(Version::HTTP_2)
}

fn chat(script: &str, stream: bool) -> Request<Body> {
    let body = json!({ "messages": [{ "role": "user", "content": script }], "stream": stream });
    request("POST", "/v1/chat/completions")
        .header("content-type", "application/json")
        .body(Body::from(body.to_string()))
        .unwrap()
}

async fn text(response: Response<Incoming>) -> String {
    String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
}

/// Reads until `wanted` has come.
async fn until(response: &mut Response<Incoming>, wanted: &str) {
    let mut all = String::new();
    while !all.contains(wanted) {
        let frame = response.frame().await.expect("more of the stream").unwrap();
        all.push_str(std::str::from_utf8(&frame.into_data().unwrap()).unwrap());
    }
}

#[tokio::test]
async fn streams_of_one_connection_run_at_once() {
    let (subject, gate) = (Subject::start(ServerConfig::default()).await, Gate::new());
    let mut streams = Vec::new();
    for number in 0..50 {
        streams.push(subject.chat(&format!("text a{number}\ngate {gate}\ntext b{number}"), true).await);
    }
    until_running(&subject.running, 50).await;
    gate.open();
    for (number, stream) in streams.into_iter().enumerate() {
        assert_eq!((stream.status(), stream.version()), (StatusCode::OK, Version::HTTP_2));
        let text = text(stream).await;
        assert!(
            text.contains(&format!("\"a{number}\"")) && text.contains(&format!("\"b{number}\"")),
            "{text}"
        );
        assert!(text.ends_with("data: [DONE]\n\n"), "{text}");
    }
    assert_eq!(get(subject.server.addr, "/health").await.status, 200, "HTTP/1.1 on the same port");
}

#[tokio::test]
async fn answers_are_those_of_the_other_protocol() {
    let subject = Subject::start(ServerConfig::default()).await;
    for (request, status, part) in [
        (chat("text whole", false), 200, "whole"),
        (chat("public 404 gone", true), 404, "gone"),
        (chat("fail x", false), 500, "agent_error"),
        (request("GET", "/v1/models").body(Body::empty()).unwrap(), 200, "Scripted"),
        (request("GET", "/nowhere").body(Body::empty()).unwrap(), 404, "unknown_url"),
        (request("PUT", "/v1/chat/completions").body(Body::empty()).unwrap(), 405, "method_not_allowed"),
    ] {
        let response = subject.send(request).await;
        assert_eq!(response.status(), status);
        assert!(response.headers().contains_key("x-request-id"));
        let text = text(response).await;
        assert!(text.contains(part), "{text}");
    }
}

#[tokio::test]
async fn a_stream_that_is_reset_is_a_client_that_left() {
    let (subject, gate) = (Subject::start(ServerConfig::default()).await, Gate::new());
    let mut left = subject.chat("text a\nhang", true).await;
    let mut kept = subject.chat(&format!("text a\ngate {gate}\ntext b"), true).await;
    until(&mut left, "\"a\"").await;
    until(&mut kept, "\"a\"").await;
    until_running(&subject.running, 2).await;
    drop(left);
    until_running(&subject.running, 1).await;
    gate.open();
    assert!(text(kept).await.contains("\"b\""), "the other stream goes on");

    // Also before there is an answer.
    let waiting = tokio::time::timeout(Duration::from_millis(100), subject.chat("hang", false)).await;
    assert!(waiting.is_err());
    until_running(&subject.running, 0).await;
}

#[tokio::test]
async fn a_connection_takes_its_streams_with_it() {
    let subject = Subject::start(ServerConfig::default()).await;
    for _ in 0..10 {
        until(&mut subject.chat("text a\nsleep 60000", true).await, "\"a\"").await;
    }
    let mut streams = Vec::new();
    for _ in 0..10 {
        streams.push(subject.chat("text a\nhang", true).await);
    }
    until_running(&subject.running, 10).await;
    subject.socket.shutdown(std::net::Shutdown::Both).unwrap();
    until_running(&subject.running, 0).await;
}

#[tokio::test]
async fn a_stream_that_nobody_reads_is_reset_and_the_others_go_on() {
    let limit = Duration::from_millis(400);
    let subject = Subject::start(ServerConfig { stall_timeout: limit, ..ServerConfig::default() }).await;
    let begun = Instant::now();
    // More than the client's window for a stream.
    let mut stalled = subject.chat("flood 1000000", true).await;
    let mut paced =
        subject.chat("text a\nsleep 300\ntext b\nsleep 300\ntext c\nsleep 900\ntext d", true).await;
    until(&mut paced, "\"c\"").await;
    until_running(&subject.running, 1).await;
    assert!(begun.elapsed() >= limit, "{:?}", begun.elapsed());
    let error = loop {
        match stalled.frame().await.expect("a stream that was cut has not ended") {
            Ok(_) => {}
            Err(error) => break error,
        }
    };
    assert!(format!("{error:?}").contains("Reset"), "{error:?}");
    assert!(text(paced).await.contains("\"d\""), "a quiet stream is no stalled one");
}

#[tokio::test]
async fn heads_have_a_size() {
    let subject = Subject::start(ServerConfig { max_head_bytes: 4096, ..ServerConfig::default() }).await;
    let long = request("GET", "/health").header("x", "y".repeat(5000)).body(Body::empty()).unwrap();
    assert_eq!(subject.send(long).await.status(), 431);
    assert_eq!(subject.chat("text x", true).await.status(), 200);
}

#[tokio::test]
async fn a_connection_without_streams_is_closed_after_a_while() {
    let limit = Duration::from_millis(1500);
    let config = ServerConfig {
        keep_alive_timeout: limit,
        head_timeout: Duration::from_millis(400),
        ..ServerConfig::default()
    };
    let mut subject = Subject::start(config).await;
    assert!(text(subject.chat("text a\nsleep 2500\ntext b", true).await).await.contains("\"b\""));
    let begun = Instant::now();
    let _ = (&mut subject.connection).await.unwrap();
    let took = begun.elapsed();
    assert!(took >= limit && took <= limit + Duration::from_secs(1), "{took:?}");
}

#[tokio::test]
async fn a_connection_that_opens_no_stream_has_the_time_of_a_head() {
    let limit = Duration::from_millis(400);
    let begun = Instant::now();
    let mut subject = Subject::start(ServerConfig { head_timeout: limit, ..ServerConfig::default() }).await;
    let _ = tokio::time::timeout(Duration::from_secs(20), &mut subject.connection).await.unwrap();
    let took = begun.elapsed();
    assert!(took >= limit && took <= limit + Duration::from_secs(2), "{took:?}");
}

#[tokio::test]
async fn streams_end_when_the_server_stops() {
    let before = tokio::runtime::Handle::current().metrics().num_alive_tasks();
    let config = ServerConfig { drain_timeout: Duration::from_millis(700), ..ServerConfig::default() };
    let mut subject = Subject::start(config).await;
    let mut short = subject.chat("text a\nsleep 300\ntext b", true).await;
    let mut long = subject.chat("text a\nhang", true).await;
    until(&mut short, "\"a\"").await;
    until(&mut long, "\"a\"").await;
    subject.server.tell_to_stop();
    assert!(text(short).await.ends_with("data: [DONE]\n\n"));
    let refused = subject.client.clone().send_request(chat("text x", true)).await;
    assert!(refused.is_err(), "the connection takes no more streams");
    let cut = text(long).await;
    assert!(cut.contains("\"code\":\"shutdown\"") && cut.ends_with("data: [DONE]\n\n"), "{cut}");
    let Subject { server, connection, client, .. } = subject;
    tokio::time::timeout(Duration::from_secs(2), server.stopped()).await.unwrap();
    drop(client);
    let _ = connection.await.unwrap();
    until_tasks(before).await;
}
