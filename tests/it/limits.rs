//! Limits as clients see them: what is refused, in which words, and what every answer says of them.

mod bodies;
mod bounds;
mod endings;
mod leaving;
pub(crate) mod shared;

use alphora::{Authenticate, AuthenticationError, Limits, Principal, Publisher, ServerConfig};
use alphora_tests::{Answer, Scripted, TestServer, post, until};
use serde_json::{Value, json};

const AGENT: &str = "/scripted/chat/completions";
const OPENAI: &str = "/v1/chat/completions";

fn publisher(server: ServerConfig) -> Publisher<Scripted> {
    alphora::publish(Scripted::new(std::sync::Arc::default())).server(server)
}

async fn serve(server: ServerConfig) -> TestServer {
    TestServer::start(publisher(server)).await
}

/// Knows everybody by the name that the header `x-name` has.
fn by_name() -> impl Authenticate {
    |headers: &alphora::axum::http::HeaderMap| {
        let name = headers.get("x-name").and_then(|name| name.to_str().ok());
        let name = name.ok_or_else(AuthenticationError::unauthenticated)?;
        let runs = name.strip_prefix("runs-").and_then(|runs| runs.parse().ok());
        Ok(Principal::new(name).with_limits(Limits { runs, ..Limits::default() }))
    }
}

fn body(script: &str, stream: bool) -> Value {
    json!({ "messages": [{ "role": "user", "content": script }], "stream": stream })
}

async fn ask(server: &TestServer, script: &str) -> Answer {
    post(server.addr, AGENT, body(script, false), &[]).await
}

fn per_minute(requests: u64) -> Limits {
    Limits { requests_per_minute: Some(requests), ..Limits::default() }
}

fn at_once(runs: u64) -> Limits {
    Limits { runs: Some(runs), ..Limits::default() }
}

fn each(key_limits: Limits) -> ServerConfig {
    ServerConfig { key_limits, ..ServerConfig::default() }
}

#[tokio::test]
async fn without_limits_nothing_is_said_of_them() {
    let server = serve(ServerConfig::default()).await;
    for stream in [true, false] {
        let answer = post(server.addr, AGENT, body("text a", stream), &[]).await;
        for name in ["limit-requests", "remaining-requests", "reset-tokens"] {
            assert_eq!(answer.header(&format!("x-ratelimit-{name}")), None);
        }
    }
}

#[tokio::test]
async fn answers_of_every_kind_say_how_much_is_left() {
    let config = ServerConfig { tokens_per_minute: Some(1_000), ..each(per_minute(6_000)) };
    let server = serve(config).await;
    let resumable = [("x-alphora-resumable", "1")];
    let asked = [
        (AGENT, body("text a", true), &[][..], 200),
        (AGENT, body("text a", false), &[], 200),
        (OPENAI, body("text a", true), &[], 200),
        (OPENAI, body("text a", true), &resumable, 200),
        (AGENT, body("public 402 pay first", false), &[], 402),
        (AGENT, body("fail here", true), &[], 500),
    ];
    for (path, body, headers, status) in asked {
        let answer = post(server.addr, path, &body, headers).await;
        assert_eq!(answer.status, status, "{}", answer.body);
        let said = |name: &str| answer.header(&format!("x-ratelimit-{name}")).unwrap_or_default().to_owned();
        assert_eq!((said("limit-requests").as_str(), said("limit-tokens").as_str()), ("6000", "1000"));
        assert!((5_990..6_000).contains(&said("remaining-requests").parse().unwrap()), "{body}");
        assert_eq!((said("remaining-tokens").as_str(), said("reset-tokens").as_str()), ("1000", "0s"));
        assert!(said("reset-requests").ends_with("ms"), "{}", said("reset-requests"));
    }
}

#[tokio::test]
async fn one_request_too_many_is_refused_in_openais_words() {
    let server = serve(each(per_minute(2))).await;
    for path in [AGENT, OPENAI] {
        assert_eq!(post(server.addr, path, body("text a", true), &[]).await.status, 200);
    }
    for (path, stream) in [(AGENT, true), (OPENAI, false), (OPENAI, true)] {
        let answer = post(server.addr, path, body("text a", stream), &[]).await;
        assert_eq!(answer.status, 429);
        let error = answer.error();
        assert_eq!(
            (&error["type"], &error["code"]),
            (&json!("rate_limit_error"), &json!("rate_limit_exceeded"))
        );
        let message = error["message"].as_str().unwrap();
        assert!(
            message.contains("requests per minute") && message.contains("limit 2, try again in "),
            "{message}"
        );
        let seconds: u64 = answer.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=30).contains(&seconds), "{seconds}");
        assert_eq!(answer.header("x-ratelimit-remaining-requests"), Some("0"));
        assert_eq!(answer.header("x-should-retry"), None, "clients may try again by themselves");
        assert!(answer.header("x-request-id").is_some());
    }
}

#[tokio::test]
async fn what_is_refused_before_its_run_costs_nothing() {
    let server = serve(each(per_minute(1))).await;
    for wrong in
        [json!({ "messages": 7 }), json!({ "messages": [], "n": 3 }), json!({ "model": "m".repeat(300) })]
    {
        assert_eq!(post(server.addr, AGENT, wrong, &[]).await.status, 400);
    }
    assert_eq!(ask(&server, "text a").await.status, 200);
    assert_eq!(ask(&server, "text a").await.status, 429);
}

#[tokio::test]
async fn callers_are_counted_each_for_itself() {
    let server = TestServer::start(publisher(each(per_minute(2))).authenticate(by_name())).await;
    for name in ["a", "b"] {
        for status in [200, 200, 429] {
            let answer = post(server.addr, AGENT, body("text a", false), &[("x-name", name)]).await;
            assert_eq!(answer.status, status);
            if status == 429 {
                let message = answer.error()["message"].as_str().unwrap().to_owned();
                assert!(message.contains("of this API key") && !message.contains('"'), "{message}");
            }
        }
    }
    assert_eq!(ask(&server, "text a").await.status, 401);
}

#[tokio::test]
async fn tokens_that_agents_report_are_counted() {
    let limits = Limits { tokens_per_minute: Some(100), ..Limits::default() };
    let server = serve(each(limits)).await;
    assert_eq!(ask(&server, "usage 20 10\ntext a").await.status, 200);
    let answer = ask(&server, "text nothing is reported").await;
    let left: u64 = answer.header("x-ratelimit-remaining-tokens").unwrap().parse().unwrap();
    assert!((70..75).contains(&left), "{left}");
    // What was used before it failed was used.
    assert_eq!(ask(&server, "usage 200 100\nfail now").await.status, 500);
    let refused = ask(&server, "text a").await;
    assert_eq!(refused.status, 429);
    let message = refused.error()["message"].as_str().unwrap().to_owned();
    assert!(message.contains("tokens per minute") && message.contains("limit 100"), "{message}");
    let seconds: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((120..=141).contains(&seconds), "{seconds}");
}

#[tokio::test]
async fn all_callers_together_have_a_limit_too() {
    let config = ServerConfig { requests_per_minute: Some(3), ..ServerConfig::default() };
    let server = TestServer::start(publisher(config).authenticate(by_name())).await;
    for (name, status) in [("a", 200), ("b", 200), ("c", 200), ("d", 429)] {
        let answer = post(server.addr, AGENT, body("text a", false), &[("x-name", name)]).await;
        assert_eq!(answer.status, status);
        assert_eq!(answer.header("x-ratelimit-limit-requests"), Some("3"));
    }
}
