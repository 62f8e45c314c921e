//! `x-session-id`: in every answer whose session is known.

use alphora::prelude::*;
use alphora_tests::{ScriptedConfig, until_draining};

use super::*;

async fn start(config: ScriptedConfig, server: ServerConfig) -> TestServer {
    TestServer::start(alphora::publish(Scripted::new(Arc::default())).config(config).server(server)).await
}

/// A turn with a session that the client names, and one without.
async fn both(server: &TestServer, script: &str, stream: bool, headers: &[(&str, &str)]) -> [Answer; 2] {
    let ask = async |session: Option<&str>| {
        let mut body = body(script, session);
        body["stream"] = json!(stream);
        post(server.addr, OPENAI, body, headers).await
    };
    [ask(Some("a")).await, ask(None).await]
}

fn assert_announced(answers: &[Answer; 2], status: u16) {
    assert_eq!(
        (answers[0].status, answers[0].header("x-session-id")),
        (status, Some("a")),
        "{}",
        answers[0].body
    );
    assert_eq!(answers[1].status, status);
    assert_eq!(answers[1].header("x-session-id").map(str::len), Some(32), "{}", answers[1].body);
}

#[tokio::test]
async fn answers_and_failures_announce_their_session() {
    let config = ScriptedConfig { first_event_timeout: Duration::from_millis(300), ..Default::default() };
    let server = start(config, ServerConfig::default()).await;
    for stream in [true, false] {
        for (script, status) in [
            ("text x", 200),
            ("text x\nfail y", if stream { 200 } else { 500 }),
            ("fail x", 500),
            ("panic x", 500),
            ("public 418 x", 418),
            ("hang", 504),
        ] {
            assert_announced(&both(&server, script, stream, &[]).await, status);
        }
    }
}

#[tokio::test]
async fn refusals_announce_it_once_it_is_known() {
    let server = start(ScriptedConfig::default(), ServerConfig::default()).await;
    for header in ["x-alphora-concurrency", "x-alphora-on-disconnect", "x-alphora-resumable"] {
        assert_announced(&both(&server, "text x", true, &[(header, "wrong")]).await, 400);
    }
    let long = json!({ "model": "m".repeat(300), "messages": [], "session_id": "a" });
    assert_eq!(post(server.addr, OPENAI, long, &[]).await.header("x-session-id"), Some("a"));
    // Nothing is known of what cannot be read, and an id that is none is not repeated.
    for (body, status) in [("{", 400), ("{\"session_id\": \"a/b\", \"messages\": []}", 400)] {
        let answer = post(server.addr, OPENAI, body, &[]).await;
        assert_eq!((answer.status, answer.header("x-session-id")), (status, None));
    }
}

#[tokio::test]
async fn a_server_that_is_full_or_stopping_announces_it_too() {
    let config = ServerConfig { max_runs: 1, ..ServerConfig::default() };
    let mut server = start(ScriptedConfig::default(), config).await;
    let bytes = body("text begun\nhang", Some("long"));
    let mut body = bytes.clone();
    body["stream"] = json!(true);
    let bytes = request("POST", OPENAI, &[], body.to_string().as_bytes());
    let mut run = alphora_tests::Connection::send(server.addr, &bytes).await.unwrap();
    let head = run.until("begun").await.unwrap();
    assert!(head.contains("x-session-id: long"));
    assert_announced(&both(&server, "text x", false, &[]).await, 429);
    server.tell_to_stop();
    until_draining(server.addr).await;
    assert_announced(&both(&server, "text x", false, &[]).await, 503);
}

#[tokio::test]
async fn a_turn_that_meets_another_one_announces_it() {
    let server = start(ScriptedConfig::default(), ServerConfig::default()).await;
    let mut body = body("text begun\nhang", Some("a"));
    body["stream"] = json!(true);
    let bytes = request("POST", OPENAI, &[], body.to_string().as_bytes());
    let mut first = alphora_tests::Connection::send(server.addr, &bytes).await.unwrap();
    first.until("begun").await.unwrap();
    let rejected = post(server.addr, AGENT, &body, &[("x-alphora-concurrency", "reject")]).await;
    assert_eq!((rejected.status, rejected.header("x-session-id")), (409, Some("a")));
    let other = super::body("text x", Some("a"));
    let interrupting = post(server.addr, AGENT, other, &[("x-alphora-concurrency", "interrupt")]).await;
    assert_eq!((interrupting.status, interrupting.header("x-session-id")), (200, Some("a")));
}

#[agent]
struct Forgetful;

#[agent]
impl Forgetful {
    async fn run(&self, _request: OpenAIRequest) -> &'static str {
        "who are you?"
    }
}

#[tokio::test]
async fn an_agent_without_memory_confirms_a_name_and_makes_none_up() {
    let server = TestServer::start(alphora::publish(Forgetful)).await;
    for (session, announced) in [(Some("a"), Some("a")), (None, None)] {
        let answer = post(server.addr, OPENAI, body("", session), &[]).await;
        assert_eq!((answer.status, answer.header("x-session-id")), (200, announced));
    }
}
