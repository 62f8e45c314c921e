//! Answers over TLS are those of plain HTTP.

use std::time::{Duration, Instant};

use alphora::ServerConfig;
use alphora_tests::request;
use tokio::io::AsyncWriteExt as _;
use tokio_rustls::rustls::version::{TLS12, TLS13};
use tokio_rustls::rustls::{ALL_VERSIONS, ProtocolVersion};

use super::client::{Client, until};
use super::{Subject, chat};

#[tokio::test]
#[ignore = "needs openssl"]
async fn whole_answers_and_streams_in_both_versions() {
    let subject = Subject::start(ServerConfig::default()).await;
    for (version, known) in [(&TLS12, ProtocolVersion::TLSv1_2), (&TLS13, ProtocolVersion::TLSv1_3)] {
        let client = Client::with(&subject.authority, &[version], &["http/1.1"], Duration::ZERO);
        let whole = client.exchange(subject.server.addr, &chat("text 你好", false)).await.unwrap();
        assert!(whole.starts_with("HTTP/1.1 200") && whole.contains("\"你好\""), "{whole}");
        let stream = client.exchange(subject.server.addr, &chat("flood 3000", true)).await.unwrap();
        assert!(stream.contains("\"2999 \"") && stream.contains("data: [DONE]\n\n"), "{}", stream.len());
        let text = "x".repeat(1_000_000);
        let large =
            client.exchange(subject.server.addr, &chat(&format!("text {text}"), false)).await.unwrap();
        assert!(large.contains(&text));

        let mut stream = client.connect(subject.server.addr).await.unwrap();
        assert_eq!(stream.get_ref().1.protocol_version(), Some(known));
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
        let begun = Instant::now();
        stream.write_all(&chat("text early\nsleep 1500\ntext late", true)).await.unwrap();
        until(&mut stream, "\"early\"").await;
        assert!(begun.elapsed() < Duration::from_millis(1000), "a piece is there when it was sent");
        until(&mut stream, "[DONE]").await;
    }
}

#[tokio::test]
#[ignore = "needs openssl"]
async fn one_connection_serves_many_requests() {
    let subject = Subject::start(ServerConfig::default()).await;
    let mut stream = subject.client.connect(subject.server.addr).await.unwrap();
    for number in 0..50 {
        let bytes = String::from_utf8(chat(&format!("text n{number}"), number % 2 == 0)).unwrap();
        stream.write_all(bytes.replace("Connection: close\r\n", "").as_bytes()).await.unwrap();
        until(&mut stream, &format!("\"n{number}\"")).await;
        if number % 2 == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

#[tokio::test]
#[ignore = "needs openssl"]
async fn an_agent_that_computes_loses_nothing() {
    let subject = Subject::start(ServerConfig::default()).await;
    let answer = subject
        .client
        .exchange(subject.server.addr, &chat("text a\nwork 20 20\ntext b", true))
        .await
        .unwrap();
    assert_eq!(answer.matches("\"w \"").count(), 20, "{answer}");
    assert!(answer.find("\"a\"") < answer.find("\"b\"") && answer.contains("[DONE]"));
}

#[tokio::test]
#[ignore = "needs openssl"]
async fn a_protocol_that_is_not_spoken_is_refused_in_the_handshake() {
    let subject = Subject::start(ServerConfig::default()).await;
    let client = Client::with(&subject.authority, ALL_VERSIONS, &["smtp"], Duration::ZERO);
    assert!(client.connect(subject.server.addr).await.is_err());
    let models = request("GET", "/v1/models", &[], b"");
    assert!(subject.client.exchange(subject.server.addr, &models).await.unwrap().starts_with("HTTP/1.1 200"));
}

#[cfg(feature = "http2")]
#[tokio::test]
#[ignore = "needs openssl"]
async fn http2_is_agreed_on_in_the_handshake() {
    use axum::body::Body;
    use http_body_util::BodyExt as _;
    use hyper_util::rt::{TokioExecutor, TokioIo};

    let subject = Subject::start(ServerConfig::default()).await;
    let client = Client::with(&subject.authority, ALL_VERSIONS, &["h2", "http/1.1"], Duration::ZERO);
    let stream = client.connect(subject.server.addr).await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    let (client, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    #[expect(clippy::disallowed_methods, reason = "it ends with its server")]
    tokio::spawn(connection);
    let ask = async |number: usize| {
        let body = serde_json::json!({
            "messages": [{ "role": "user", "content": format!("text a{number}\nsleep 300\ntext b{number}") }],
            "stream": true,
        });
        let request = axum::http::Request::post("https://localhost/v1/chat/completions")
            .header("content-type", "application/json")
            .body(Body::from(body.to_string()))
            .unwrap();
        let answer = client.clone().send_request(request).await.unwrap();
        assert_eq!(answer.status(), 200);
        let text = answer.into_body().collect().await.unwrap().to_bytes();
        String::from_utf8(text.to_vec()).unwrap()
    };
    let begun = Instant::now();
    let (first, second, third) = tokio::join!(ask(1), ask(2), ask(3));
    for (number, text) in [first, second, third].iter().enumerate() {
        assert!(
            text.contains(&format!("\"b{}\"", number + 1)) && text.ends_with("data: [DONE]\n\n"),
            "{text}"
        );
    }
    assert!(begun.elapsed() < Duration::from_secs(5));
}
