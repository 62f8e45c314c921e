//! The memory for the bodies of requests: nobody has all of it, and who sends nothing has none of it.

use alphora::ServerConfig;
use alphora_tests::{Connection, TestServer, post, until};

use super::{OPENAI, ask, body, by_name, publisher, serve};

const ALL: usize = 64 * 1024;

fn small() -> ServerConfig {
    ServerConfig { bodies_in_flight: ALL, body_limit: ALL / 4 * 3, ..ServerConfig::default() }
}

/// The head of a request of `name`, with `sent` bytes of its body and no more.
async fn begin(server: &TestServer, name: &str, length: &str, sent: usize) -> Connection {
    let head = format!(
        "POST {OPENAI} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nx-name: {name}\r\n{length}\r\n\r\n"
    );
    Connection::send(server.addr, &[head.as_bytes(), &vec![b' '; sent]].concat()).await.unwrap()
}

#[tokio::test]
async fn what_has_not_come_takes_nothing_from_others() {
    let server = serve(small()).await;
    let mut silent = Vec::new();
    for _ in 0..8 {
        silent.push(begin(&server, "", "Transfer-Encoding: chunked", 0).await);
        silent.push(begin(&server, "", "Content-Length: 48000", 0).await);
    }
    // Whoever waits for them would be here by now: these are answered by the same server afterwards.
    for _ in 0..20 {
        assert_eq!(ask(&server, "text a").await.status, 200);
    }
}

#[tokio::test]
async fn one_caller_leaves_something_to_the_others() {
    let server = TestServer::start(publisher(small()).authenticate(by_name())).await;
    let as_caller = async |name: &str, padding: usize| {
        let mut body = body("text a", false);
        body["user"] = "x".repeat(padding).into();
        post(server.addr, OPENAI, body, &[("x-name", name)]).await
    };
    let half = begin(&server, "greedy", "Content-Length: 48000", 40 * 1024).await;
    until("it has half of it", async || as_caller("greedy", 16 * 1024).await.status == 429).await;
    let refused = as_caller("greedy", 16 * 1024).await;
    assert_eq!(refused.error()["code"], "rate_limit_exceeded");
    assert_eq!(refused.header("retry-after"), Some("1"));
    assert_eq!(as_caller("modest", 16 * 1024).await.status, 200);
    drop(half);
    until("it has given it back", async || as_caller("greedy", 16 * 1024).await.status == 200).await;
}
