//! How connections end: said so, cut, left, stalled, or drained.

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use alphora::ServerConfig;
use alphora_tests::{Gate, until_running};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::client::until;
use super::{Subject, chat};

#[tokio::test]
#[ignore = "needs openssl"]
async fn a_client_that_leaves_ends_its_run() {
    let subject = Subject::start(ServerConfig::default()).await;
    for says_so in [true, false] {
        let mut stream = subject.client.connect(subject.server.addr).await.unwrap();
        stream.write_all(&chat("text a\nhang", true)).await.unwrap();
        until(&mut stream, "\"a\"").await;
        until_running(&subject.running, 1).await;
        if says_so {
            stream.shutdown().await.unwrap();
        }
        drop(stream);
        until_running(&subject.running, 0).await;
    }
}

#[tokio::test]
#[ignore = "needs openssl"]
async fn a_client_that_reads_nothing_is_cut() {
    let subject =
        Subject::start(ServerConfig { stall_timeout: Duration::from_secs(1), ..ServerConfig::default() })
            .await;
    let mut stream = subject.client.connect(subject.server.addr).await.unwrap();
    stream.write_all(&chat("flood 100000000", true)).await.unwrap();
    until_running(&subject.running, 1).await;
    let begun = Instant::now();
    until_running(&subject.running, 0).await;
    assert!(begun.elapsed() < Duration::from_secs(6), "{:?}", begun.elapsed());
}

#[tokio::test]
#[ignore = "needs openssl"]
async fn a_drain_lets_answers_end_and_handshakes_not() {
    let (subject, gate) = (Subject::start(ServerConfig::default()).await, Gate::new());
    let addr = subject.server.addr;
    let mut stream = subject.client.connect(addr).await.unwrap();
    stream.write_all(&chat(&format!("text a\ngate {gate}\ntext b"), true)).await.unwrap();
    until(&mut stream, "\"a\"").await;
    let mut begun_handshake = TcpStream::connect(addr).await.unwrap();
    begun_handshake.write_all(&[22, 3, 1]).await.unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    let mut server = subject.server;
    server.tell_to_stop();
    tokio::time::sleep(Duration::from_millis(200)).await;
    let mut rest = Vec::new();
    let closed = tokio::time::timeout(Duration::from_secs(5), begun_handshake.read_to_end(&mut rest));
    assert!(closed.await.is_ok(), "who has asked nothing is not waited for");
    // Whoever asks meanwhile is told.
    let ready = alphora_tests::request("GET", "/ready", &[], b"");
    assert!(subject.client.exchange(addr, &ready).await.unwrap().starts_with("HTTP/1.1 503"));
    gate.open();
    let mut rest = String::new();
    stream.read_to_string(&mut rest).await.expect("an end that is announced");
    assert!(rest.contains("\"b\"") && rest.contains("[DONE]"), "{rest}");
    tokio::time::timeout(Duration::from_secs(5), server.stopped()).await.unwrap();
}

#[tokio::test]
#[ignore = "needs openssl"]
async fn what_is_cut_does_not_look_whole() {
    let config = ServerConfig { drain_timeout: Duration::from_millis(200), ..ServerConfig::default() };
    let subject = Subject::start(config).await;
    let mut ended = subject.client.connect(subject.server.addr).await.unwrap();
    ended.write_all(&chat("text a\nhang", true)).await.unwrap();
    until(&mut ended, "\"a\"").await;
    // A run that is cut says so, and its connection ends as it should.
    let server = subject.server;
    let stopping = async { server.stopped().await };
    let reading = async {
        let mut rest = String::new();
        ended.read_to_string(&mut rest).await.expect("an end that is announced");
        rest
    };
    let ((), rest) = tokio::join!(stopping, reading);
    assert!(rest.contains("\"error\"") && rest.contains("[DONE]"), "{rest}");

    // One that is reset in the middle does not.
    let subject = Subject::start(ServerConfig::default()).await;
    let mut cut = subject.client.connect(subject.server.addr).await.unwrap();
    cut.write_all(&chat("text a\nhang", true)).await.unwrap();
    until(&mut cut, "\"a\"").await;
    drop(subject.server);
    let error = cut.read_to_end(&mut Vec::new()).await.unwrap_err().kind();
    assert!(matches!(error, ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset), "{error:?}");
}
