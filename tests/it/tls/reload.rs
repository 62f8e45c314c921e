//! Certificates that are replaced while the server runs.

use std::net::SocketAddr;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use alphora::ServerConfig;
use alphora_tests::{Program, until, until_some};
use tokio::io::AsyncWriteExt as _;

use super::certificates::Authority;
use super::client::{self, Client};
use super::operator::{COMPLAINT, command};
use super::{Subject, chat};

/// The certificate that the server shows now.
async fn shown(client: &Client, addr: SocketAddr) -> Vec<u8> {
    let stream = client.connect(addr).await.unwrap();
    stream.get_ref().1.peer_certificates().unwrap()[0].to_vec()
}

/// Puts other files in the place of the server's.
fn replace(authority: &Authority, certificate: &std::path::Path, key: &std::path::Path) {
    let put = |from: &std::path::Path, to: &str| {
        // As certificate managers do it: nobody ever sees half a file.
        let beside = authority.folder().join("beside");
        std::fs::copy(from, &beside).unwrap();
        std::fs::rename(&beside, authority.folder().join(to)).unwrap();
    };
    put(certificate, "server.pem");
    put(key, "server.key");
}

/// Until the metrics say so of the certificate's files.
async fn until_told(client: &Client, addr: SocketAddr, refused: &str) {
    let mut stream = client.connect(addr).await.unwrap();
    stream.write_all(b"GET /metrics HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
    client::until(&mut stream, &format!("alphora_file_refused{{file=\"certificate\"}} {refused}\n")).await;
}

async fn until_shown(client: &Client, addr: SocketAddr, before: &[u8]) -> Vec<u8> {
    until_some("the new certificate is shown", async || {
        Some(shown(client, addr).await).filter(|now| now != before)
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs openssl"]
async fn new_certificates_are_shown_and_no_request_fails_for_them() {
    let subject = Subject::start(ServerConfig::default()).await;
    let (stop, asked) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let load: Vec<_> = (0..4)
        .map(|_| {
            let (client, addr) = (subject.client.clone(), subject.server.addr);
            let (stop, asked) = (stop.clone(), asked.clone());
            #[expect(clippy::disallowed_methods, reason = "it is awaited")]
            tokio::spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    let answer =
                        client.exchange(addr, &chat("text a\nsleep 20\ntext b", true)).await.unwrap();
                    assert!(answer.contains("\"b\"") && answer.contains("[DONE]"), "{answer}");
                    asked.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    // A stream that begins with the first certificate, and ends after the last one.
    let mut long = subject.client.connect(subject.server.addr).await.unwrap();
    long.write_all(&chat("text begun\nsleep 9000\ntext over", true)).await.unwrap();
    client::until(&mut long, "\"begun\"").await;

    let (client, addr) = (&subject.client, subject.server.addr);
    let mut seen = vec![shown(client, addr).await];
    for name in ["second", "third"] {
        let (certificate, key) = subject.authority.issue(name);
        replace(&subject.authority, &certificate, &key);
        seen.push(until_shown(client, addr, seen.last().unwrap()).await);
    }
    assert_ne!(seen[0], seen[2]);
    client::until(&mut long, "\"over\"").await;
    stop.store(true, Ordering::Relaxed);
    for task in load {
        task.await.expect("no request fails");
    }
    assert!(asked.load(Ordering::Relaxed) > 100, "{asked:?}");
}

#[tokio::test]
#[ignore = "needs openssl"]
async fn what_cannot_be_used_leaves_the_certificate_where_it_is() {
    let authority = Authority::new();
    authority.issue("server");
    let mut command = command(&authority);
    command.stderr(Stdio::piped());
    let program = Program::start(command, "https://").await.unwrap();
    let (client, addr) = (Client::new(&authority), program.addr);
    let complaints = || program.log().matches(COMPLAINT).count();
    let first = shown(&client, addr).await;
    let (certificate, key) = authority.issue("second");
    let (other, _) = authority.issue("other");
    let broken = authority.folder().join("broken");
    std::fs::write(&broken, "-----BEGIN CERTIFICATE-----\nAAAA\n").unwrap();
    for (certificate, key) in [(&other, &key), (&broken, &key), (&certificate, &broken)] {
        let before = complaints();
        replace(&authority, certificate, key);
        until("it is complained about", async || complaints() > before).await;
        assert_eq!(shown(&client, addr).await, first, "{} {}", certificate.display(), key.display());
    }
    let before = complaints();
    std::fs::remove_file(authority.folder().join("server.key")).unwrap();
    until("it is complained about", async || complaints() > before).await;
    assert_eq!(shown(&client, addr).await, first);
    until_told(&client, addr, "1").await;
    replace(&authority, &certificate, &key);
    assert_ne!(until_shown(&client, addr, &first).await, first);
    until_told(&client, addr, "0").await;
}
