//! Handshakes that are none, that take too long, or that come to nothing.

use std::time::{Duration, Instant};

use alphora::ServerConfig;
use alphora_tests::{exchange, request};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::rustls::ALL_VERSIONS;

use super::client::Client;
use super::{Subject, chat};

/// The beginning of a record whose handshake never comes.
const RECORD: [u8; 6] = [22, 3, 1, 2, 0, 1];

#[tokio::test]
#[ignore = "needs openssl"]
async fn plain_http_is_told_what_is_spoken_here() {
    let subject = Subject::start(ServerConfig::default()).await;
    for request in [request("GET", "/health", &[], b""), chat("text x", true)] {
        let answer = exchange(subject.server.addr, &request).await;
        let error = answer.error();
        assert_eq!((answer.status, &error["code"]), (400, &"tls_required".into()));
        assert!(error["message"].as_str().unwrap().contains("https://"), "{error}");
    }
    assert_eq!(subject.running.load(std::sync::atomic::Ordering::SeqCst), 0);
}

#[tokio::test]
#[ignore = "needs openssl"]
async fn what_is_no_handshake_is_closed() {
    let subject = Subject::start(ServerConfig::default()).await;
    for bytes in [
        &b"\x00\x01\x02\x03\x04\x05\x06\x07"[..],
        b"\x16\x03\x01\xff\xff\x00\x00",
        b"\xff".repeat(4000).as_slice(),
    ] {
        let mut stream = TcpStream::connect(subject.server.addr).await.unwrap();
        stream.write_all(bytes).await.unwrap();
        let mut rest = Vec::new();
        let closed = tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut rest)).await;
        assert!(closed.is_ok() && rest.len() < 100, "{rest:?}");
    }
    assert!(
        subject
            .client
            .exchange(subject.server.addr, &chat("text x", false))
            .await
            .unwrap()
            .contains("200 OK")
    );
}

#[tokio::test]
#[ignore = "needs openssl"]
async fn a_slow_handshake_has_the_time_of_a_head_and_holds_nobody_up() {
    let config = ServerConfig {
        head_timeout: Duration::from_millis(1500),
        max_connections: 300,
        ..ServerConfig::default()
    };
    let subject = Subject::start(config).await;
    let addr = subject.server.addr;
    let begun = Instant::now();
    let mut slow = Vec::new();
    for number in 0..250 {
        let mut stream = TcpStream::connect(addr).await.unwrap();
        // Some say nothing, some begin, and some go on byte by byte.
        match number % 3 {
            0 => {}
            1 => stream.write_all(&RECORD).await.unwrap(),
            _ => stream.write_all(&RECORD[..1]).await.unwrap(),
        }
        slow.push(stream);
    }
    for _ in 0..20 {
        let asked = Instant::now();
        let answer = subject.client.exchange(addr, &chat("text x", false)).await.unwrap();
        assert!(
            answer.contains("200 OK") && asked.elapsed() < Duration::from_secs(1),
            "{:?}",
            asked.elapsed()
        );
    }
    let mut trickle = slow.pop().unwrap();
    while begun.elapsed() < Duration::from_secs(6) {
        if trickle.write_all(&[0]).await.is_err() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(begun.elapsed() < Duration::from_secs(5), "more bytes are no more time");
    for mut stream in slow {
        let mut rest = Vec::new();
        let read = stream.read_to_end(&mut rest);
        assert!(tokio::time::timeout(Duration::from_secs(5), read).await.is_ok(), "it was closed");
    }
    // Their places are free again: as many as there are can be open at once.
    let mut open = Vec::new();
    for _ in 0..290 {
        open.push(
            tokio::time::timeout(Duration::from_secs(5), subject.client.connect(addr))
                .await
                .unwrap()
                .unwrap(),
        );
    }
}

#[tokio::test]
#[ignore = "needs openssl"]
async fn the_first_request_has_the_time_of_a_head_after_the_handshake() {
    let config = ServerConfig { head_timeout: Duration::from_millis(2000), ..ServerConfig::default() };
    let subject = Subject::start(config).await;
    // Both together are longer than one of them may take.
    let stream = TcpStream::connect(subject.server.addr).await.unwrap();
    tokio::time::sleep(Duration::from_millis(1500)).await;
    let mut stream = subject.client.protect(stream).await.unwrap();
    tokio::time::sleep(Duration::from_millis(1500)).await;
    stream.write_all(&chat("text x", false)).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    assert!(answer.starts_with(b"HTTP/1.1 200"));
    for sent in [&b""[..], b"GET /hea"] {
        let begun = Instant::now();
        let mut stream = subject.client.connect(subject.server.addr).await.unwrap();
        stream.write_all(sent).await.unwrap();
        let _ = stream.read_to_end(&mut Vec::new()).await;
        assert!(begun.elapsed() < Duration::from_secs(5), "{sent:?}: {:?}", begun.elapsed());
    }
}

#[tokio::test]
#[ignore = "needs openssl"]
async fn a_certificate_that_has_expired_is_the_clients_to_refuse() {
    let subject = Subject::start(ServerConfig::default()).await;
    let later = Client::with(&subject.authority, ALL_VERSIONS, &[], Duration::from_secs(10 * 24 * 3600));
    let error = later.connect(subject.server.addr).await.unwrap_err().to_string();
    assert!(error.to_lowercase().contains("expired"), "{error}");
    assert!(
        subject
            .client
            .exchange(subject.server.addr, &chat("text x", false))
            .await
            .unwrap()
            .contains("200 OK")
    );
}
