//! How many clients may follow the runs of one owner.

use alphora::axum::http::HeaderMap;
use alphora::{AuthenticationError, Limits, Principal};

use super::*;

/// So many of one owner may wait that may have fewer runs.
const MOST: usize = 64;

const USER: (&str, &str) = ("x-user", "one");

/// A server of callers who are believed to be who they say, and may have few runs at once.
async fn start() -> TestServer {
    let key_limits = Limits { runs: Some(2), ..Limits::default() };
    let agent = alphora::publish(Scripted::new(Arc::default()))
        .server(ServerConfig { key_limits, ..ServerConfig::default() })
        .session_store(store_of(Log::new()))
        .authenticate(|headers: &HeaderMap| {
            let user = headers.get("x-user").and_then(|user| user.to_str().ok());
            user.map(Principal::new).ok_or_else(AuthenticationError::unauthenticated)
        });
    TestServer::start(agent).await
}

async fn follow(addr: SocketAddr, path: &str) -> Connection {
    Connection::send(addr, &request("GET", path, &[USER], b"")).await.unwrap()
}

#[tokio::test]
async fn so_many_of_one_owner_follow_and_the_run_has_its_own_stream() {
    let server = start().await;
    let addr = server.addr;
    let bytes = request("POST", OPENAI, &[RESUMABLE, USER], body("text x\nhang").as_bytes());
    let mut first = Connection::send(addr, &bytes).await.unwrap();
    let text = first.until("\"x\"").await.unwrap();
    let run = text.split("x-run-id: ").nth(1).unwrap().split("\r\n").next().unwrap().to_owned();
    let paths = [format!("/v1/runs/{run}/events"), format!("/scripted/runs/{run}/events")];

    let mut followers = Vec::new();
    for path in paths.iter().cycle().take(MOST) {
        let mut follower = follow(addr, path).await;
        follower.until("\"x\"").await.unwrap();
        followers.push(follower);
    }
    for path in &paths {
        let refused = alphora_tests::exchange(addr, &request("GET", path, &[USER], b"")).await;
        assert_eq!((refused.status, &refused.error()["code"]), (429, &json!("rate_limit_exceeded")));
        assert_eq!(refused.header("retry-after"), Some("1"));
    }
    // Who leaves makes room for another one.
    drop(followers.pop());
    until("there is room", async || {
        let mut follower = follow(addr, &paths[0]).await;
        let is_in = follower.until("\r\n").await.unwrap().starts_with("HTTP/1.1 200");
        followers.extend(is_in.then_some(follower));
        is_in
    })
    .await;
    assert_eq!(followers.len(), MOST);

    let path = format!("/v1/runs/{run}/cancel");
    assert_eq!(alphora_tests::exchange(addr, &request("POST", &path, &[USER], b"")).await.status, 202);
    for mut stream in followers.into_iter().chain([first]) {
        let rest = String::from_utf8(stream.rest().await.unwrap()).unwrap();
        assert!(rest.contains("data: [DONE]\n\n"), "{rest}");
    }
}

#[tokio::test]
async fn a_run_that_has_ended_is_read_by_any_number_however_slowly() {
    let server = start().await;
    let addr = server.addr;
    // More than the log gives at once, and than the sockets take.
    let whole = post(addr, OPENAI, body("flood 15000"), &[RESUMABLE, USER]).await;
    let path = format!("/v1/runs/{}/events", whole.header("x-run-id").unwrap());
    let mut readers = Vec::new();
    for _ in 0..=MOST {
        let mut reader = follow(addr, &path).await;
        let head = reader.until("id: 1\n").await.unwrap();
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
        readers.push(reader);
    }
}
