//! What pages of listed origins may read: every answer, refusals included.

use std::sync::Arc;

use alphora::ServerConfig;
use alphora_tests::{Answer, Connection, Scripted, TestServer, exchange, get, post, request, until};

use super::{OPENAI, body, by_key};

const LISTED: &str = "http://localhost:3000";
const FROM: (&str, &str) = ("Origin", LISTED);
const SIGNED: (&str, &str) = ("Authorization", "Bearer the-key");

async fn server(config: ServerConfig) -> TestServer {
    let publisher = alphora::publish(Scripted::new(Arc::default())).server(config).authenticate(by_key);
    TestServer::start(publisher.allow_origin(LISTED).allow_origin("https://app.example")).await
}

async fn preflight(server: &TestServer, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut all = vec![("Access-Control-Request-Method", "POST")];
    all.extend(headers);
    exchange(server.addr, &request("OPTIONS", path, &all, b"")).await
}

fn varies(answer: &Answer) -> bool {
    answer.header("vary").is_some_and(|vary| vary.to_lowercase().contains("origin"))
}

#[tokio::test]
async fn a_listed_page_reads_every_refusal() {
    let server = server(ServerConfig { max_runs: 1, body_limit: 2000, ..ServerConfig::default() }).await;
    let long = body(&"x".repeat(3000));
    let ask =
        async |path: &str, body: &str, headers: &[(&str, &str)]| post(server.addr, path, body, headers).await;
    let mut answers = vec![
        (200, ask(OPENAI, &body("text x"), &[FROM, SIGNED]).await),
        (400, ask(OPENAI, "{", &[FROM, SIGNED]).await),
        (401, ask(OPENAI, &body("text x"), &[FROM]).await),
        (403, ask(OPENAI, &body("text x"), &[FROM, ("Authorization", "Bearer barred")]).await),
        (404, ask("/nowhere", "{}", &[FROM, SIGNED]).await),
        (404, ask("/v1/nowhere", "{}", &[FROM, SIGNED]).await),
        (405, exchange(server.addr, &request("PUT", OPENAI, &[FROM, SIGNED], b"")).await),
        (413, ask(OPENAI, &long, &[FROM, SIGNED]).await),
        (415, ask(OPENAI, "x", &[FROM, SIGNED, ("Content-Type", "text/plain")]).await),
        (500, ask(OPENAI, &body("panic x"), &[FROM, SIGNED]).await),
    ];
    let running = request("POST", OPENAI, &[SIGNED], body("hang").as_bytes());
    let _running = Connection::send(server.addr, &running).await.unwrap();
    until("it runs", async || {
        exchange(server.addr, &request("GET", "/ready", &[SIGNED], b"")).await.json()["runs"] == 1
    })
    .await;
    answers.push((429, ask(OPENAI, &body("text x"), &[FROM, SIGNED]).await));
    for (status, answer) in answers {
        assert_eq!(answer.status, status, "{}", answer.body);
        assert_eq!(answer.header("access-control-allow-origin"), Some(LISTED), "{status}");
        assert_eq!(answer.header("access-control-allow-credentials"), None);
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{status}");
        assert!(varies(&answer), "{status}");
        let exposed = answer.header("access-control-expose-headers").unwrap_or_default();
        for name in ["x-request-id", "x-run-id", "x-session-id", "retry-after", "idempotent-replayed"] {
            assert!(exposed.contains(name), "{status}: {exposed}");
        }
        for kind in ["limit", "remaining", "reset"] {
            for what in ["requests", "tokens"] {
                assert!(exposed.contains(&format!("x-ratelimit-{kind}-{what}")), "{status}: {exposed}");
            }
        }
    }
}

#[tokio::test]
async fn what_an_answer_depends_on_is_said_whoever_asks() {
    let server = server(ServerConfig::default()).await;
    for origin in [None, Some(FROM), Some(("Origin", "http://evil.test"))] {
        let headers: Vec<_> = [SIGNED].into_iter().chain(origin).collect();
        for (method, path) in [("POST", OPENAI), ("GET", "/v1/models"), ("GET", "/docs"), ("GET", "/nowhere")]
        {
            let answer =
                exchange(server.addr, &request(method, path, &headers, body("text x").as_bytes())).await;
            assert!(varies(&answer), "{method} {path} {origin:?}");
            let allowed = answer.header("access-control-allow-origin");
            assert_eq!(allowed, (origin == Some(FROM)).then_some(LISTED), "{method} {path} {origin:?}");
        }
    }
    let closed = TestServer::start(alphora::publish(Scripted::new(Arc::default()))).await;
    for answer in [post(closed.addr, OPENAI, body("text x"), &[]).await, get(closed.addr, "/v1/models").await]
    {
        assert_eq!((answer.status, answer.header("vary")), (200, None), "it depends on nobody");
    }
}

#[tokio::test]
async fn permission_is_asked_without_a_key() {
    let server = server(ServerConfig::default()).await;
    let wanted = "authorization,content-type,idempotency-key,x-stainless-lang,x-made-up";
    for path in [OPENAI, "/scripted/chat/completions", "/v1/models", "/nowhere"] {
        for origin in [LISTED, "https://app.example"] {
            let asked = [("Origin", origin), ("Access-Control-Request-Headers", wanted)];
            let answer = preflight(&server, path, &asked).await;
            assert_eq!(answer.status, 200, "{path}");
            assert_eq!(answer.header("access-control-allow-origin"), Some(origin));
            assert_eq!(answer.header("access-control-allow-headers"), Some(wanted));
            assert!(answer.header("access-control-allow-methods").unwrap().contains("POST"));
            assert_eq!(answer.header("access-control-max-age"), Some("600"));
            assert_eq!(answer.header("access-control-allow-credentials"), None);
            assert_eq!(answer.header("access-control-allow-private-network"), None, "it was not asked for");
            assert!(varies(&answer));
        }
        for origin in ["http://evil.test", "null", "http://localhost:3001", "http://localhost:3000.evil.test"]
        {
            let answer = preflight(&server, path, &[("Origin", origin)]).await;
            assert_eq!(answer.header("access-control-allow-origin"), None, "{origin}");
            assert!(varies(&answer));
        }
    }
}

#[tokio::test]
async fn a_public_page_may_reach_the_machine_if_it_is_listed() {
    let server = server(ServerConfig::default()).await;
    let private = ("Access-Control-Request-Private-Network", "true");
    for (origin, allowed) in
        [("https://app.example", Some("true")), ("https://evil.test", None), ("null", None)]
    {
        let answer = preflight(&server, OPENAI, &[("Origin", origin), private]).await;
        assert_eq!(answer.header("access-control-allow-private-network"), allowed, "{origin}");
    }
    let closed = TestServer::start(alphora::publish(Scripted::new(Arc::default()))).await;
    let answer = preflight(&closed, OPENAI, &[FROM, private]).await;
    assert_eq!(answer.header("access-control-allow-private-network"), None);
    assert_eq!(answer.header("access-control-allow-origin"), None);
}

#[tokio::test]
async fn a_listed_page_can_read_that_the_host_is_wrong() {
    let server = server(ServerConfig::default()).await;
    let bytes = super::raw("POST", OPENAI, &[("Host", "evil.test"), FROM], &body("text x"));
    let answer = exchange(server.addr, &bytes).await;
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (403, Some(LISTED)));
    assert!(varies(&answer));
}
