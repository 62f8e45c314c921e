//! Sessions over HTTP: which one a request means, what it remembers, whose it is, and that turns never mix.

mod announced;
mod endpoints;
mod layers;
mod owners;
mod strangers;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use alphora::axum::http::HeaderMap;
use alphora::session::store::{InMemoryStore, StoreLimits};
use alphora::{AuthenticationError, Environment, MemoryPool, Principal, Publisher, ServerConfig};
use alphora_tests::{Answer, Gate, PATIENCE, Scripted, TestServer, exchange, get, post, request, until};
use serde_json::{Value, json};

const AGENT: &str = "/scripted/chat/completions";
const OPENAI: &str = "/v1/chat/completions";

async fn start() -> TestServer {
    TestServer::start(alphora::publish(Scripted::new(Arc::default()))).await
}

fn body(script: &str, session: Option<&str>) -> Value {
    json!({ "messages": [{ "role": "user", "content": script }], "stream": false, "session_id": session })
}

/// Whose a request is in these tests: whoever it says.
fn by_name(headers: &HeaderMap) -> Result<Principal, AuthenticationError> {
    let user = headers.get("x-user").and_then(|user| user.to_str().ok());
    user.map(Principal::new).ok_or_else(AuthenticationError::unauthenticated)
}

/// Where sessions are kept in a test that holds wherever they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kept {
    InThePool,
    InAStore,
}

impl Kept {
    const ALL: [Self; 2] = [Self::InThePool, Self::InAStore];

    fn publish(self) -> Publisher<Scripted> {
        let publisher = alphora::publish(Scripted::new(Arc::default()));
        match self {
            Self::InThePool => publisher,
            Self::InAStore => publisher.session_store(Arc::new(InMemoryStore::new(StoreLimits::default()))),
        }
    }

    /// A server whose clients say who they are.
    async fn with_owners(self) -> TestServer {
        TestServer::start(self.publish().authenticate(by_name)).await
    }
}

/// A request of somebody without a body.
async fn call(addr: SocketAddr, method: &str, path: &str, user: Option<&str>) -> Answer {
    let headers: Vec<_> = user.map(|user| ("X-User", user)).into_iter().collect();
    exchange(addr, &request(method, path, &headers, b"")).await
}

/// A turn of somebody that has to go well.
async fn turn(addr: SocketAddr, user: &str, session: &str, script: &str) -> Answer {
    let answer = post(addr, OPENAI, body(script, Some(session)), &[("X-User", user)]).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer
}

async fn ask(server: &TestServer, path: &str, script: &str, session: Option<&str>) -> Answer {
    let answer = post(server.addr, path, body(script, session), &[]).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer
}

#[tokio::test]
async fn both_surfaces_share_a_session_and_nobody_else_does() {
    let server = start().await;
    ask(&server, AGENT, "remember one", Some("a")).await;
    ask(&server, OPENAI, "remember two", Some("a")).await;
    let answer = ask(&server, AGENT, "recall", Some("a")).await;
    assert_eq!((answer.content().as_str(), answer.header("x-session-id")), ("one,two", Some("a")));
    assert_eq!(ask(&server, OPENAI, "recall", Some("b")).await.content(), "");
}

#[tokio::test]
async fn a_request_without_a_session_gets_a_new_one_and_may_come_back_to_it() {
    let pool = MemoryPool::new(Duration::from_secs(60), 10);
    let server =
        TestServer::start(alphora::publish(Scripted::new(Arc::default())).memory_pool(pool.clone())).await;
    let nothing = ask(&server, OPENAI, "text x", None).await;
    assert_eq!(nothing.header("x-session-id").map(str::len), Some(32));
    assert_eq!(pool.size(), 0, "a session whose memory did not change is not stored");
    let first = ask(&server, OPENAI, "remember one", None).await;
    assert_eq!(pool.size(), 1);
    let id = first.header("x-session-id").unwrap();
    assert_eq!(ask(&server, OPENAI, "recall", Some(id)).await.content(), "one");
    assert_eq!(ask(&server, OPENAI, "recall", Some("")).await.content(), "", "an empty id is none");
}

#[tokio::test]
async fn a_session_can_come_in_a_header() {
    let server = start().await;
    for (header, id) in [("X-Session-Id", "h"), ("X-OpenWebUI-Chat-Id", "w")] {
        post(server.addr, OPENAI, body("remember one", None), &[(header, id)]).await;
        assert_eq!(ask(&server, OPENAI, "recall", Some(id)).await.content(), "one");
    }
    let both = post(server.addr, OPENAI, body("recall", Some("body")), &[("X-Session-Id", "h")]).await;
    assert_eq!((both.content().as_str(), both.header("x-session-id")), ("", Some("body")), "the body wins");
}

#[tokio::test]
async fn history_that_a_client_resends_counts_only_without_a_session() {
    let server = start().await;
    let messages = json!([
        { "role": "user", "content": "q1" },
        { "role": "assistant", "content": "a1" },
        { "role": "user", "content": "recall" },
    ]);
    let body = json!({ "messages": messages });
    assert_eq!(post(server.addr, OPENAI, &body, &[]).await.content(), "earlier:q1,earlier:a1");
    let body = json!({ "messages": messages, "session_id": "s" });
    assert_eq!(post(server.addr, OPENAI, &body, &[]).await.content(), "");
}

#[tokio::test]
async fn a_run_that_fails_leaves_its_session_as_it_was() {
    let server = start().await;
    ask(&server, OPENAI, "remember one", Some("a")).await;
    for script in ["remember two\nfail x", "remember two\npanic x", "remember two\npublic 400 x"] {
        assert_ne!(post(server.addr, OPENAI, body(script, Some("a")), &[]).await.status, 200);
        assert_eq!(ask(&server, OPENAI, "recall", Some("a")).await.content(), "one");
    }
}

#[tokio::test]
async fn turns_of_one_session_come_one_after_the_other() {
    let server = start().await;
    let turns: Vec<_> = (0..12)
        .map(|number| {
            let script = format!("remember {number}a\nsleep 3\nremember {number}b");
            let addr = server.addr;
            #[expect(clippy::disallowed_methods, reason = "every task is awaited below")]
            tokio::spawn(async move { post(addr, OPENAI, body(&script, Some("a")), &[]).await.status })
        })
        .collect();
    for turn in turns {
        assert_eq!(turn.await.unwrap(), 200);
    }
    let all = ask(&server, OPENAI, "recall", Some("a")).await.content();
    let all: Vec<&str> = all.split(',').collect();
    assert_eq!(all.len(), 24);
    for pair in all.chunks(2) {
        assert_eq!(pair[0].trim_end_matches('a'), pair[1].trim_end_matches('b'), "{all:?}");
    }
}

#[tokio::test]
async fn a_queue_that_is_full_is_a_conflict_that_clients_retry() {
    let pool = MemoryPool::new(Duration::from_secs(60), 10).with_queue(1, Duration::from_secs(30));
    let server = TestServer::start(alphora::publish(Scripted::new(Arc::default())).memory_pool(pool)).await;
    let (addr, gate) = (server.addr, Gate::new());
    let script = format!("gate {gate}");
    #[expect(clippy::disallowed_methods, reason = "the tasks are awaited below")]
    let turn = || {
        let body = body(&script, Some("a"));
        tokio::spawn(async move { post(addr, OPENAI, body, &[]).await.status })
    };
    let running = turn();
    gate.reached(1).await;
    let waiting = turn();
    let line = "\nalphora_session_turns_waiting{agent=\"Scripted\"} 1\n";
    until("a turn waits", async || get(addr, "/metrics").await.body.contains(line)).await;
    let refused = post(addr, OPENAI, body("text x", Some("a")), &[]);
    let refused = tokio::time::timeout(PATIENCE, refused).await.expect("it is refused and does not wait");
    gate.open();
    assert_eq!((refused.status, &refused.error()["code"]), (409, &json!("session_busy")), "{}", refused.body);
    assert!(refused.header("retry-after").is_some());
    assert_eq!((running.await.unwrap(), waiting.await.unwrap()), (200, 200));
}

#[tokio::test]
async fn a_session_over_its_cap_is_refused_and_kept_as_it_was() {
    let pool = MemoryPool::new(Duration::from_secs(60), 10).with_max_session_bytes(200);
    let server = TestServer::start(alphora::publish(Scripted::new(Arc::default())).memory_pool(pool)).await;
    ask(&server, OPENAI, "remember one", Some("a")).await;
    let script = format!("remember {}", "x".repeat(300));
    let answer = post(server.addr, OPENAI, body(&script, Some("a")), &[]).await;
    assert_eq!((answer.status, &answer.error()["code"]), (413, &json!("session_too_large")));
    assert_eq!(ask(&server, OPENAI, "recall", Some("a")).await.content(), "one");
}

#[tokio::test]
async fn beyond_loopback_clients_choose_no_ids_unless_they_may() {
    let start = async |client_session_ids| {
        let publisher = alphora::publish(Scripted::new(Arc::default()))
            .server(ServerConfig { client_session_ids, allow_anonymous: true, ..ServerConfig::default() })
            .environment(Environment::empty())
            .without_banner();
        publisher.bind("0.0.0.0:0").await.unwrap()
    };
    for (may, status) in [(false, 400), (true, 200)] {
        let server = start(may).await;
        let addr = std::net::SocketAddr::from(([127, 0, 0, 1], server.local_addr().port()));
        let asking = async {
            let chosen = post(addr, OPENAI, body("text x", Some("mine")), &[]).await;
            assert_eq!(chosen.status, status, "{}", chosen.body);
            let made = post(addr, OPENAI, body("remember one", None), &[]).await;
            let id = made.header("x-session-id").unwrap().to_owned();
            assert_eq!(post(addr, OPENAI, body("recall", Some(&id)), &[]).await.content(), "one");
        };
        tokio::select! {
            () = asking => {}
            () = server.run_until(std::future::pending()) => {}
        }
    }
}
