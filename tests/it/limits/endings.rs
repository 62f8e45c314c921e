//! However a run ends, its place is free.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use alphora_tests::{Connection, Gate, ScriptedConfig, request, until_connections};

use super::*;

/// A server that has one place for all.
async fn one_place(config: ScriptedConfig) -> TestServer {
    TestServer::start(publisher(each(at_once(1))).config(config)).await
}

/// Waits until there is a place again.
async fn free(server: &TestServer) {
    until("there is a place again", async || {
        let answer = ask(server, "text a").await;
        if answer.status != 200 {
            assert_eq!((answer.status, &answer.error()["code"]), (429, &json!("rate_limit_exceeded")));
        }
        answer.status == 200
    })
    .await;
}

#[tokio::test]
async fn a_run_at_once_too_many_is_refused_and_may_come_again() {
    let server = one_place(ScriptedConfig::default()).await;
    let gate = Gate::new();
    let slow = format!("gate {gate}\ntext a");
    let refused = async {
        gate.reached(1).await;
        let refused = ask(&server, "text b").await;
        gate.open();
        refused
    };
    let (slow, refused) = tokio::join!(ask(&server, &slow), refused);
    assert_eq!((slow.status, refused.status), (200, 429));
    let message = refused.error()["message"].as_str().unwrap().to_owned();
    assert!(message.contains("concurrent requests") && message.contains("limit 1"), "{message}");
    assert_eq!(refused.header("retry-after"), Some("1"));
    free(&server).await;
}

#[tokio::test]
async fn one_after_another_never_meets_the_one_before() {
    let server = one_place(ScriptedConfig::default()).await;
    for turn in 0..50 {
        let answer = post(server.addr, AGENT, body("text a", turn % 2 == 0), &[]).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
    }
}

#[tokio::test]
async fn every_ending_gives_the_place_back() {
    let config = ScriptedConfig { timeout: Duration::from_millis(200), ..ScriptedConfig::default() };
    let server = one_place(config).await;
    for script in ["text a", "fail x", "public 402 no", "panic x", "hang", "text a\npanic x", "text a\nhang"]
    {
        for stream in [true, false] {
            let answer = post(server.addr, AGENT, body(script, stream), &[]).await;
            assert_ne!(answer.status, 429, "{script}: {}", answer.body);
            free(&server).await;
        }
    }
}

#[tokio::test]
async fn a_client_that_leaves_gives_its_place_back() {
    let server = one_place(ScriptedConfig::default()).await;
    for stream in [true, false] {
        let gate = Gate::new();
        let script = format!("text a\ngate {gate}");
        let bytes = request("POST", AGENT, &[], body(&script, stream).to_string().as_bytes());
        let connection = Connection::send(server.addr, &bytes).await.unwrap();
        gate.reached(1).await;
        assert_eq!(ask(&server, "text b").await.status, 429);
        drop(connection);
        free(&server).await;
    }
}

#[tokio::test]
async fn a_run_that_is_cancelled_gives_its_place_back() {
    let server = one_place(ScriptedConfig::default()).await;
    let bytes = request("POST", AGENT, &[], body("text a\nsleep 20000", true).to_string().as_bytes());
    let mut connection = Connection::send(server.addr, &bytes).await.unwrap();
    let head = connection.until("\r\n\r\n").await.unwrap();
    let run = head.lines().find_map(|line| line.strip_prefix("x-run-id: ")).unwrap().to_owned();
    let cancelled = post(server.addr, &format!("/scripted/runs/{run}/cancel"), "", &[]).await;
    assert_eq!(cancelled.status, 202, "{}", cancelled.body);
    free(&server).await;
}

#[tokio::test]
async fn a_run_that_goes_on_without_its_client_keeps_its_place() {
    let server = one_place(ScriptedConfig::default()).await;
    let headers = [("x-alphora-on-disconnect", "continue")];
    let gate = Gate::new();
    let script = format!("text a\ngate {gate}");
    let bytes = request("POST", AGENT, &headers, body(&script, true).to_string().as_bytes());
    let connection = Connection::send(server.addr, &bytes).await.unwrap();
    gate.reached(1).await;
    drop(connection);
    until_connections(server.addr, 0).await;
    assert_eq!(ask(&server, "text b").await.status, 429);
    gate.open();
    free(&server).await;
}

#[tokio::test]
async fn a_key_has_the_places_that_it_was_given() {
    let server = TestServer::start(publisher(each(at_once(1))).authenticate(by_name())).await;
    let (gate, answered) = (Gate::new(), AtomicUsize::new(0));
    let body = body(&format!("gate {gate}"), false);
    let ask = async |name: &'static str| {
        let status = post(server.addr, AGENT, &body, &[("x-name", name)]).await.status;
        answered.fetch_add(1, Ordering::SeqCst);
        status
    };
    let goes_on = async {
        // Whoever is refused has to be while all places are taken.
        until("two are refused", async || answered.load(Ordering::SeqCst) == 2).await;
        gate.reached(4).await;
        gate.open();
    };
    let all =
        tokio::join!(ask("runs-2"), ask("runs-2"), ask("runs-2"), ask("a"), ask("a"), ask("b"), goes_on);
    let mut generous = [all.0, all.1, all.2];
    generous.sort_unstable();
    let mut plain = [all.3, all.4];
    plain.sort_unstable();
    assert_eq!((generous, plain, all.5), ([200, 200, 429], [200, 429], 200));
}
