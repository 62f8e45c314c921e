//! Old clients, careful clients, and clients that close one side.

use std::time::Duration;

use alphora::ServerConfig;
use alphora_tests::{Connection, Gate, until_running};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::{OPENAI, body, chat, exchange, serve};

/// What a client gets that closes its sending side in the middle of a stream.
async fn half_closed(half_close: bool) -> String {
    let (server, running) = serve(ServerConfig { half_close, ..ServerConfig::default() }).await;
    let (mut stream, gate) = (TcpStream::connect(server.addr).await.unwrap(), Gate::new());
    stream.write_all(&chat(&format!("text a\ngate {gate}\ntext b"), true)).await.unwrap();
    let mut first = vec![0; 4096];
    let read = stream.read(&mut first).await.unwrap();
    first.truncate(read);
    stream.shutdown().await.unwrap();
    if half_close {
        // Long enough to notice who has left.
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert_eq!(gate.waiting(), 1, "it goes on");
        gate.open();
    }
    until_running(&running, 0).await;
    // Whether it is an end or a reset is not promised.
    let _ = stream.read_to_end(&mut first).await;
    String::from_utf8(first).unwrap()
}

#[tokio::test]
async fn who_closes_the_sending_side_has_left_unless_the_server_says_otherwise() {
    let answer = half_closed(false).await;
    assert!(!answer.contains("\"b\""), "{answer}");

    let answer = half_closed(true).await;
    assert!(
        answer.contains("\"b\"") && answer.contains("[DONE]") && answer.ends_with("0\r\n\r\n"),
        "{answer}"
    );
}

#[tokio::test]
async fn a_server_that_allows_half_a_connection_notices_who_left_when_it_writes() {
    let (server, running) = serve(ServerConfig { half_close: true, ..ServerConfig::default() }).await;
    let mut connection =
        Connection::send(server.addr, &chat("text a\nsleep 100\nflood 50\nsleep 50\nflood 50\nhang", true))
            .await
            .unwrap();
    connection.until("\"a\"").await.unwrap();
    drop(connection);
    until_running(&running, 0).await;
}

#[tokio::test]
async fn a_client_of_the_old_protocol_gets_no_chunks() {
    let (server, _) = serve(ServerConfig::default()).await;
    let body = body("text a\nsleep 20\ntext b", true);
    let request = format!(
        "POST {OPENAI} HTTP/1.0\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let answer = exchange(server.addr, request.as_bytes()).await;
    let (head, rest) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.0 200"), "{head}");
    assert!(!head.contains("transfer-encoding"), "{head}");
    assert!(rest.starts_with("data: {") && rest.ends_with("data: [DONE]\n\n"), "{rest}");
}

#[tokio::test]
async fn a_careful_client_is_told_to_go_on_or_why_not() {
    let (server, _) = serve(ServerConfig { body_limit: 1000, ..ServerConfig::default() }).await;
    let body = body("text x", false);
    let head = |length: usize, media: &str| {
        format!(
            "POST {OPENAI} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: {media}\r\nContent-Length: {length}\r\nExpect: 100-continue\r\n\r\n"
        )
    };
    let mut connection =
        Connection::send(server.addr, head(body.len(), "application/json").as_bytes()).await.unwrap();
    assert_eq!(connection.next().await.unwrap(), "HTTP/1.1 100 Continue\r\n\r\n");
    connection.write(body.as_bytes()).await.unwrap();
    assert!(connection.until("chat.completion").await.unwrap().starts_with("HTTP/1.1 200"));
    for (head, status) in [(head(2000, "application/json"), "413"), (head(20, "text/plain"), "415")] {
        let answer = exchange(server.addr, head.as_bytes()).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "the body is not asked for: {answer}");
    }
}

#[tokio::test]
async fn a_refusal_of_what_was_not_read_says_that_the_connection_ends() {
    let (server, _) = serve(ServerConfig { body_limit: 1000, ..ServerConfig::default() }).await;
    let request = |length: usize, media: &str| {
        format!(
            "POST {OPENAI} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {media}\r\nContent-Length: {length}\r\n\r\n"
        )
    };
    for (length, media, closes) in
        [(5_000_000, "application/json", true), (5_000_000, "text/plain", true), (2, "text/plain", false)]
    {
        let mut bytes = request(length, media).into_bytes();
        bytes.extend_from_slice(b"{}");
        let mut connection = Connection::send(server.addr, &bytes).await.unwrap();
        let answer = connection.until("error").await.unwrap();
        assert_eq!(answer.contains("connection: close"), closes, "{length} {media}: {answer}");
    }
}

#[tokio::test]
async fn other_methods_of_known_paths_are_answered() {
    let (server, _) = serve(ServerConfig::default()).await;
    for (line, status) in [
        ("HEAD /health", "200"),
        ("HEAD /v1/models", "200"),
        ("HEAD /v1/chat/completions", "405"),
        ("OPTIONS /v1/chat/completions", "405"),
        ("OPTIONS /health", "405"),
        ("OPTIONS *", "404"),
        ("PUT /v1/chat/completions", "405"),
        ("DELETE /nowhere", "404"),
    ] {
        let request = format!("{line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        let answer = exchange(server.addr, request.as_bytes()).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{line}: {answer}");
        let body = answer.split_once("\r\n\r\n").unwrap().1;
        assert_eq!(body.is_empty(), line.starts_with("HEAD"), "{line}: {answer}");
    }
}

#[tokio::test]
async fn what_is_no_http_is_not_served() {
    let (server, _) = serve(ServerConfig::default()).await;
    for bytes in
        [&b"\x16\x03\x01\x02\x00\x01\x00\x01"[..], b"hello there\r\n\r\n", b"GET /health HTTP/9.9\r\n\r\n"]
    {
        let answer = exchange(server.addr, bytes).await;
        assert!(answer.starts_with("HTTP/1.1 400") && answer.contains("content-length: 0"), "{answer}");
    }
    #[cfg(not(feature = "http2"))]
    assert_eq!(
        exchange(server.addr, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await,
        "",
        "not without the feature"
    );
}

#[tokio::test]
async fn it_listens_where_it_is_told_to() {
    for place in ["127.0.0.1:0", "localhost:0", "[::1]:0"] {
        let agent = alphora::publish(alphora_tests::Scripted::new(std::sync::Arc::default()));
        let server =
            agent.environment(alphora::Environment::empty()).without_banner().bind(place).await.unwrap();
        let addr = server.local_addr();
        tokio::select! {
            () = server.run_until(std::future::pending()) => unreachable!(),
            answer = alphora_tests::get(addr, "/health") => assert_eq!(answer.status, 200, "{place}"),
        }
    }
}
