//! Every run ends in exactly one way, and a run without a client ends at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use alphora::ServerConfig;
use alphora::prelude::*;
use alphora_tests::{
    Answer, Connection, Scripted, ScriptedConfig, TestServer, Turns, get, post, request, until,
    until_running, until_runs,
};
use serde_json::{Value, json};

const AGENT: &str = "/scripted/chat/completions";
const OPENAI: &str = "/v1/chat/completions";

fn body(script: &str, stream: bool) -> Value {
    json!({ "messages": [{ "role": "user", "content": script }], "stream": stream, "session_id": "s" })
}

async fn start(config: ScriptedConfig) -> (TestServer, Arc<AtomicUsize>) {
    let running = Arc::default();
    let server =
        TestServer::start(alphora::publish(Scripted::new(Arc::clone(&running))).config(config)).await;
    (server, running)
}

async fn ask(server: &TestServer, path: &str, script: &str, stream: bool) -> Answer {
    post(server.addr, path, body(script, stream), &[]).await
}

#[tokio::test]
async fn an_early_failure_is_an_http_error_and_tells_nothing() {
    let (server, _) = start(ScriptedConfig::default()).await;
    for script in ["fail secret", "panic secret"] {
        for (path, stream) in [(AGENT, true), (AGENT, false), (OPENAI, true), (OPENAI, false)] {
            let answer = ask(&server, path, script, stream).await;
            assert_eq!((answer.status, answer.header("x-should-retry")), (500, Some("false")), "{script}");
            let error = answer.error();
            assert_eq!((&error["type"], &error["code"]), (&json!("server_error"), &json!("agent_error")));
            assert!(!answer.body.contains("secret"));
            assert!(answer.body.contains(answer.header("x-request-id").unwrap()), "the log can be searched");
        }
    }
}

#[tokio::test]
async fn a_late_failure_is_an_error_event() {
    let (server, _) = start(ScriptedConfig::default()).await;
    for script in
        ["text partial\nfail secret", "text partial\npanic secret", "text partial\nsleep 5\nfail secret"]
    {
        for path in [AGENT, OPENAI] {
            let answer = ask(&server, path, script, true).await;
            assert_eq!(answer.status, 200);
            assert!(answer.chunked && !answer.body.contains("secret"));
            let events = answer.events();
            assert_eq!(events.last().unwrap(), "[DONE]");
            let error: Value = serde_json::from_str(&events[events.len() - 2]).unwrap();
            assert_eq!(error["error"]["code"], "agent_error", "{script}: {}", answer.body);
            assert!(answer.body.contains("partial"), "what was sent is not lost");
            assert!(!answer.body.contains("\"finish_reason\":\"stop\""), "it does not look complete");
            let whole = ask(&server, path, script, false).await;
            assert_eq!((whole.status, whole.header("x-should-retry")), (500, Some("false")));
        }
    }
}

#[tokio::test]
async fn what_the_agent_makes_public_reaches_the_client() {
    let (server, _) = start(ScriptedConfig::default()).await;
    for (status, kind) in [
        (400, "invalid_request_error"),
        (401, "authentication_error"),
        (403, "permission_error"),
        (404, "not_found_error"),
        (409, "conflict_error"),
        (422, "invalid_request_error"),
        (429, "rate_limit_error"),
        (503, "server_error"),
    ] {
        for stream in [true, false] {
            let answer = ask(&server, OPENAI, &format!("public {status} no luck"), stream).await;
            assert_eq!(answer.status, status);
            let error = answer.error();
            assert_eq!((&error["message"], &error["type"]), (&json!("no luck"), &json!(kind)));
            assert!(error["code"].is_null());
        }
    }
}

#[tokio::test]
async fn the_total_clock_ends_with_what_was_sent() {
    let config = ScriptedConfig { timeout: Duration::from_millis(200), ..Default::default() };
    let (server, running) = start(config).await;
    for (path, reason) in [(AGENT, "timeout"), (OPENAI, "length")] {
        let answer = ask(&server, path, "remember x\ntext partial\nhang", true).await;
        assert_eq!(answer.content(), "partial");
        assert_eq!(answer.chunks().last().unwrap()["choices"][0]["finish_reason"], reason);
        let whole = ask(&server, path, "remember x\ntext partial\nhang", false).await;
        assert_eq!((whole.status, whole.content().as_str()), (200, "partial"));
        assert_eq!(whole.json()["choices"][0]["finish_reason"], reason);
        let nothing = ask(&server, path, "hang", false).await;
        assert_eq!((nothing.status, nothing.content().as_str()), (200, ""));
    }
    assert_eq!(running.load(Ordering::SeqCst), 0, "the runs are gone");
    assert_eq!(ask(&server, OPENAI, "recall", false).await.content(), "", "and left the session as it was");
}

#[tokio::test]
async fn the_other_clocks_are_errors_before_the_first_event() {
    let config = ScriptedConfig {
        first_event_timeout: Duration::from_millis(100),
        idle_timeout: Duration::from_millis(600),
        ..Default::default()
    };
    let (server, _) = start(config).await;
    for stream in [true, false] {
        let answer = ask(&server, OPENAI, "hang", stream).await;
        assert_eq!((answer.status, answer.header("x-should-retry")), (504, Some("false")), "{}", answer.body);
        assert_eq!(answer.error()["code"], "timeout");
        let answer = ask(&server, OPENAI, "text a\nsleep 60\ntext b\nhang", stream).await;
        assert_eq!((answer.status, answer.content().as_str()), (200, "ab"));
    }
}

#[tokio::test]
async fn quiet_streams_carry_heartbeats() {
    let config = ScriptedConfig { keep_alive: Duration::from_millis(50), ..Default::default() };
    let (server, _) = start(config).await;
    let answer = ask(&server, AGENT, "sleep 220\ntext done", true).await;
    let beats = answer.body.matches(": keep-alive\n\n").count();
    assert!(beats >= 2, "{beats} heartbeats in 220 ms");
    assert_eq!(answer.content(), "done");
    let busy = ask(&server, AGENT, "flood 1000", true).await;
    assert!(!busy.body.contains(": keep-alive"), "a stream that is not silent carries none");
    // After the first heartbeat the status line is gone: a failure is an event.
    let answer = ask(&server, AGENT, "sleep 120\nfail secret", true).await;
    assert_eq!(answer.status, 200);
    assert!(answer.events()[0].contains("agent_error"), "{}", answer.body);
}

#[tokio::test]
async fn a_client_that_leaves_stops_its_run() {
    let (server, running) = start(ScriptedConfig::default()).await;
    for stream in [true, false] {
        let bytes =
            request("POST", OPENAI, &[], body("remember x\ntext start\nhang", stream).to_string().as_bytes());
        let mut connection = Connection::send(server.addr, &bytes).await.unwrap();
        if stream {
            connection.until("start").await.unwrap();
        }
        until_running(&running, 1).await;
        drop(connection);
        until_running(&running, 0).await;
    }
    assert_eq!(ask(&server, OPENAI, "recall", false).await.content(), "", "the session is as it was");
}

#[tokio::test]
async fn a_slow_reader_holds_up_nobody_else() {
    let (server, running) = start(ScriptedConfig::default()).await;
    let bytes = request("POST", AGENT, &[], body("flood 20000000", true).to_string().as_bytes());
    let connection = Connection::send(server.addr, &bytes).await.unwrap();
    until_running(&running, 1).await;
    let other = json!({ "messages": [{ "role": "user", "content": "text others are served" }] });
    assert_eq!(post(server.addr, OPENAI, other, &[]).await.content(), "others are served");
    assert_eq!(running.load(Ordering::SeqCst), 1, "the agent waits for its reader");
    drop(connection);
    until_running(&running, 0).await;
}

#[tokio::test]
async fn many_chunks_arrive_whole_and_in_order() {
    let (server, _) = start(ScriptedConfig::default()).await;
    let expected: String = (0..20_000).map(|number| format!("{number} ")).collect();
    let answer = ask(&server, OPENAI, "flood 20000", true).await;
    assert_eq!(answer.content(), expected);
    assert_eq!(answer.chunks().len(), 20_002, "one send, one chunk");
    assert_eq!(ask(&server, OPENAI, "flood 20000", false).await.content(), expected);
}

#[tokio::test]
async fn what_is_sent_after_stop_is_an_error_and_not_content() {
    let (server, _) = start(ScriptedConfig::default()).await;
    let answer = ask(&server, OPENAI, "text a\nstop\ntext ghost", false).await;
    assert_eq!(answer.status, 500);
    let answer = ask(&server, OPENAI, "text a\nstop\ntext ghost", true).await;
    assert!(!answer.body.contains("ghost") && answer.body.contains("agent_error"));
}

#[tokio::test]
async fn a_full_server_says_so_at_once() {
    let publisher = alphora::publish(Scripted::new(Arc::default()))
        .server(ServerConfig { max_runs: 1, ..ServerConfig::default() });
    let server = TestServer::start(publisher).await;
    let bytes = request("POST", AGENT, &[], body("text a\nhang", true).to_string().as_bytes());
    let mut first = Connection::send(server.addr, &bytes).await.unwrap();
    first.until("\"a\"").await.unwrap();
    let second = post(server.addr, OPENAI, body("text b", false), &[]).await;
    assert_eq!((second.status, second.header("retry-after")), (429, Some("1")));
    assert_eq!(second.error()["type"], "rate_limit_error");
    drop(first);
    until("its place is free", async || ask(&server, OPENAI, "text b", false).await.status == 200).await;
}

#[tokio::test]
async fn an_agent_that_never_awaits_is_ended_by_its_clock() {
    let config = ScriptedConfig { timeout: Duration::from_millis(300), ..Default::default() };
    let (server, _) = start(config).await;
    for stream in [true, false] {
        let begun = std::time::Instant::now();
        let answer = ask(&server, AGENT, "work 3000 1", stream).await;
        assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
        assert!(answer.body.contains("\"finish_reason\":\"timeout\""), "{stream}");
    }
}

#[tokio::test]
async fn tasks_of_a_run_learn_that_its_reader_is_gone() {
    let (server, running) = start(ScriptedConfig::default()).await;
    let bytes = request("POST", AGENT, &[], body("spawn\nhang", true).to_string().as_bytes());
    let mut connection = Connection::send(server.addr, &bytes).await.unwrap();
    connection.until("spawned").await.unwrap();
    assert_eq!(running.load(Ordering::SeqCst), 2);
    drop(connection);
    until_running(&running, 0).await;
    // Also when the run has ended well.
    assert_eq!(ask(&server, OPENAI, "spawn\ntext x\nsleep 20", true).await.status, 200);
    until_running(&running, 0).await;
}

#[tokio::test]
async fn an_expired_clock_after_a_heartbeat_is_an_ending_and_not_an_error() {
    let config = ScriptedConfig {
        keep_alive: Duration::from_millis(50),
        first_event_timeout: Duration::from_millis(200),
        ..Default::default()
    };
    let (server, _) = start(config).await;
    let answer = ask(&server, AGENT, "hang", true).await;
    assert_eq!(answer.status, 200);
    assert!(answer.body.contains("\"finish_reason\":\"timeout\""), "{}", answer.body);
}

/// An agent whose field panics when it is dropped, after the method has returned well or while it hangs.
#[agent]
struct Unlucky {
    #[agent(memory)]
    memory: Turns,
    bomb: Bomb,
}

#[derive(Clone)]
struct Bomb(bool);

impl Drop for Bomb {
    fn drop(&mut self) {
        assert!(!self.0 || std::thread::panicking(), "a bomb");
    }
}

#[agent]
impl Unlucky {
    async fn run(&mut self, request: OpenAIRequest) -> String {
        self.memory.0.push("x".to_owned());
        let query = request.get_user_query();
        self.bomb.0 = query.starts_with("bomb");
        if query == "bomb and hang" {
            std::future::pending::<()>().await;
        }
        self.memory.0.len().to_string()
    }
}

#[tokio::test]
async fn a_panic_after_the_method_keeps_nothing() {
    let server = TestServer::start(alphora::publish(Unlucky::new(Bomb(false)))).await;
    for _ in 0..2 {
        assert_eq!(post(server.addr, OPENAI, body("bomb", false), &[]).await.status, 500);
    }
    assert_eq!(post(server.addr, OPENAI, body("calm", false), &[]).await.content(), "1");
}

#[tokio::test]
async fn a_panic_when_the_client_leaves_is_the_end_of_a_run_like_any_other() {
    let server = TestServer::start(alphora::publish(Unlucky::new(Bomb(false)))).await;
    for (number, stream) in [(1, true), (2, false)] {
        let bytes = request("POST", OPENAI, &[], body("bomb and hang", stream).to_string().as_bytes());
        let connection = Connection::send(server.addr, &bytes).await.unwrap();
        until_runs(server.addr, 1).await;
        drop(connection);
        until_runs(server.addr, 0).await;
        let metrics = get(server.addr, "/metrics").await.body;
        let ended = format!("alphora_runs_total{{agent=\"Unlucky\",outcome=\"disconnected\"}} {number}\n");
        assert!(metrics.contains(&ended), "{metrics}");
        assert!(metrics.contains("alphora_runs_active{agent=\"Unlucky\"} 0\n"), "{metrics}");
    }
    assert_eq!(post(server.addr, OPENAI, body("calm", false), &[]).await.content(), "1");
}
