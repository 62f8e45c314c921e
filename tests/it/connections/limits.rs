//! What a connection waits for, and for how long; how much it may bring; how many there may be.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use alphora::ServerConfig;
use alphora_tests::{Connection, get, until_running};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

use super::{GET, OPENAI, chat, exchange, post, serve};

const LIMIT: Duration = Duration::from_millis(400);

/// What the server's clock may be late by, and the machine.
const LATE: Duration = Duration::from_secs(1);

/// Fails unless what began at `begun` has ended in time.
#[track_caller]
fn assert_in_time(begun: Instant, what: &str) {
    let took = begun.elapsed();
    assert!(took >= LIMIT && took <= LIMIT + LATE, "{what}: ended after {took:?}");
}

#[tokio::test]
async fn a_head_has_a_time_of_its_own() {
    let (server, _) = serve(ServerConfig { head_timeout: LIMIT, ..ServerConfig::default() }).await;
    let mut idle = Connection::send(server.addr, GET).await.unwrap();
    idle.until("\"ok\"").await.unwrap();
    let begun = Instant::now();
    let mut silent = Connection::send(server.addr, b"POST /v1/chat/completions HTT").await.unwrap();
    let mut slow = TcpStream::connect(server.addr).await.unwrap();
    let trickle = async {
        // Each byte is in time, the head is not.
        while slow.write_all(b"G").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let (rest, ()) = tokio::join!(silent.rest(), trickle);
    assert_eq!(rest.unwrap(), b"");
    assert_in_time(begun, "both");
    tokio::time::sleep(LATE).await;
    idle.write(GET).await.unwrap();
    assert!(idle.until("\"ok\"").await.is_ok(), "a connection between two requests is no head");
}

#[tokio::test]
async fn a_connection_that_asks_nothing_has_the_time_of_a_head() {
    let config = ServerConfig { head_timeout: LIMIT, max_connections: 2, ..ServerConfig::default() };
    let (server, _) = serve(config).await;
    let begun = Instant::now();
    let mut silent = Connection::send(server.addr, b"").await.unwrap();
    let mut late = Connection::send(server.addr, b"").await.unwrap();
    tokio::time::sleep(LIMIT / 2).await;
    // No more time for who begins late: nobody had a reason to wait.
    late.write(b"GET /hea").await.unwrap();
    let waiting = async {
        let answer = get(server.addr, "/health").await;
        (answer.status, begun.elapsed())
    };
    let (silent, late, waited) = tokio::join!(silent.rest(), late.rest(), waiting);
    assert_eq!((silent.unwrap(), late.unwrap()), (Vec::new(), Vec::new()));
    assert_in_time(begun, "both");
    assert_eq!(waited.0, 200);
    assert!(waited.1 <= LIMIT + LATE, "their places are free again: {:?}", waited.1);
}

#[tokio::test]
async fn a_second_head_has_the_same_time() {
    let (server, _) = serve(ServerConfig { head_timeout: LIMIT, ..ServerConfig::default() }).await;
    let mut connection = Connection::send(server.addr, GET).await.unwrap();
    connection.until("\"ok\"").await.unwrap();
    let begun = Instant::now();
    connection.write(b"GET /he").await.unwrap();
    assert_eq!(connection.rest().await.unwrap(), b"");
    assert_in_time(begun, "the second head");
}

#[tokio::test]
async fn an_idle_connection_is_closed_after_a_while() {
    let (server, _) = serve(ServerConfig { keep_alive_timeout: LIMIT, ..ServerConfig::default() }).await;
    let mut connection = Connection::send(server.addr, &chat("sleep 900\ntext late", true)).await.unwrap();
    connection.until("[DONE]").await.unwrap();
    let begun = Instant::now();
    connection.rest().await.unwrap();
    assert_in_time(begun, "the connection, from the end of its answer");
}

#[tokio::test]
async fn a_body_that_does_not_come_is_answered() {
    let (server, _) = serve(ServerConfig { body_timeout: LIMIT, ..ServerConfig::default() }).await;
    let begun = Instant::now();
    let whole = chat("text x", true);
    let answer = exchange(server.addr, &whole[..whole.len() - 5]).await;
    assert!(
        answer.starts_with("HTTP/1.1 408") && answer.contains("\"code\":\"request_timeout\""),
        "{answer}"
    );
    assert!(answer.contains("longer than 400ms"), "{answer}");
    assert_in_time(begun, "the body");
}

/// A client with little room for what it does not read.
async fn narrow(addr: SocketAddr, bytes: &[u8]) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let mut stream = socket.connect(addr).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    stream
}

#[tokio::test]
async fn a_client_that_reads_nothing_is_left() {
    let config = ServerConfig { stall_timeout: LIMIT, send_buffer: 4096, ..ServerConfig::default() };
    let (server, running) = serve(config).await;
    let mut stalled = narrow(server.addr, &chat("flood 1000000", true)).await;
    let begun = Instant::now();
    let mut first = [0; 15];
    stalled.read_exact(&mut first).await.unwrap();
    assert_eq!(&first, b"HTTP/1.1 200 OK");
    until_running(&running, 0).await;
    assert_in_time(begun, "the run");
    let error = loop {
        match stalled.read(&mut [0; 4096]).await {
            Ok(0) => panic!("a stream that was cut looks like one that has ended"),
            Ok(_) => {}
            Err(error) => break error,
        }
    };
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
}

#[tokio::test]
async fn a_client_that_reads_slowly_is_not() {
    let config = ServerConfig { stall_timeout: LIMIT, send_buffer: 4096, ..ServerConfig::default() };
    let (server, running) = serve(config).await;
    let mut slow = narrow(server.addr, &chat("flood 600", true)).await;
    let begun = Instant::now();
    let mut all = Vec::new();
    while !all.ends_with(b"0\r\n\r\n") {
        tokio::time::sleep(Duration::from_millis(30)).await;
        let mut piece = [0; 4096];
        let read = slow.read(&mut piece).await.unwrap();
        all.extend_from_slice(&piece[..read]);
    }
    assert!(begun.elapsed() > LIMIT, "it took longer than it may be silent");
    until_running(&running, 0).await;
}

#[tokio::test]
async fn heads_have_a_size_and_a_number_of_headers() {
    let (server, _) = serve(ServerConfig { max_head_bytes: 4096, ..ServerConfig::default() }).await;
    let head = |headers: &str| {
        format!("GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}\r\n")
    };
    let numbered = |count| (0..count).map(|number| format!("x-{number}: y\r\n")).collect::<String>();
    for (headers, status) in [
        (numbered(98), "200"),
        (numbered(99), "431"),
        (format!("x: {}\r\n", "y".repeat(3900)), "200"),
        (format!("x: {}\r\n", "y".repeat(4096)), "431"),
        // Much of it is still on its way when it is refused.
        (format!("x: {}\r\n", "y".repeat(2_000_000)), "431"),
    ] {
        let answer = exchange(server.addr, head(&headers).as_bytes()).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{} bytes: {answer}", headers.len());
    }
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_and_the_client_can_read_why() {
    let (server, _) = serve(ServerConfig { body_limit: 100_000, ..ServerConfig::default() }).await;
    let request = post(&"x".repeat(4_000_000), "");
    for pause in [0, 50] {
        let mut connection = TcpStream::connect(server.addr).await.unwrap();
        let (mut reading, mut writing) = connection.split();
        let mut answer = String::new();
        let sending = async {
            writing.write_all(&request[..500]).await?;
            // It is refused before the rest is there.
            tokio::time::sleep(Duration::from_millis(pause)).await;
            writing.write_all(&request[500..]).await
        };
        let (sent, read) = tokio::join!(sending, reading.read_to_string(&mut answer));
        assert!(answer.starts_with("HTTP/1.1 413") && answer.contains("request_too_large"), "{answer}");
        // A client that sends first and then reads gets there too.
        assert!(sent.is_ok() && read.is_ok(), "{sent:?}, {read:?}");
    }
}

#[tokio::test]
async fn further_connections_wait_for_a_place() {
    let (server, _) = serve(ServerConfig { max_connections: 2, ..ServerConfig::default() }).await;
    let mut first = Connection::send(server.addr, GET).await.unwrap();
    first.until("\"ok\"").await.unwrap();
    let mut second = Connection::send(server.addr, GET).await.unwrap();
    second.until("\"ok\"").await.unwrap();
    let mut third = Connection::send(server.addr, GET).await.unwrap();
    let early = tokio::time::timeout(Duration::from_millis(200), third.next()).await;
    assert!(early.is_err(), "{early:?}");
    drop(first);
    third.until("\"ok\"").await.unwrap();
    second.write(&chat("text x", true)).await.unwrap();
    assert!(second.until("[DONE]").await.unwrap().contains("200 OK"), "those that have a place keep it");
    drop((second, third));
    assert_eq!(get(server.addr, "/health").await.status, 200);
}

#[tokio::test]
async fn connections_that_are_cut_leave_their_places() {
    let (server, running) = serve(ServerConfig { max_connections: 1, ..ServerConfig::default() }).await;
    for _ in 0..20 {
        let mut connection = Connection::send(server.addr, &chat("text a\nhang", true)).await.unwrap();
        connection.until("\"a\"").await.unwrap();
    }
    until_running(&running, 0).await;
    assert_eq!(get(server.addr, OPENAI).await.status, 405);
}
