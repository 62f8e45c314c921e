//! What is answered with a status: mistakes, early failures, and runs that are not there for this client.

use alphora::AuthenticationError;
use alphora::Principal;
use alphora::axum::http::HeaderMap;

use super::*;

fn assert_not_found(answer: &Answer) {
    assert_eq!((answer.status, &answer.error()["code"]), (404, &json!("run_not_found")), "{}", answer.body);
}

#[tokio::test]
async fn a_wrong_header_is_told_with_what_to_write() {
    let log = Log::new();
    let bench = Bench::start(&log).await;
    let whole = body("text x").replace("true", "false");
    for (body, headers, param, words) in [
        (body("text x"), vec![("x-alphora-resumable", "yes")], "x-alphora-resumable", "`1`, `0`"),
        (body("text x"), vec![("x-alphora-resumable", "")], "x-alphora-resumable", "`1`, `0`"),
        (whole, vec![RESUMABLE], "x-alphora-resumable", "\"stream\": true"),
        (
            body("text x"),
            vec![RESUMABLE, ("x-alphora-on-disconnect", "cancel")],
            "x-alphora-on-disconnect",
            "goes on when its client leaves",
        ),
    ] {
        let answer = post(bench.addr(), OPENAI, body, &headers).await;
        let error = answer.error();
        assert_eq!((answer.status, &error["param"]), (400, &json!(param)));
        assert!(error["message"].as_str().unwrap().contains(words), "{error}");
    }
    let also = [RESUMABLE, ("x-alphora-on-disconnect", "continue")];
    assert_eq!(post(bench.addr(), OPENAI, body("text x"), &also).await.status, 200);
    let plain = post(bench.addr(), OPENAI, body("text x"), &[("x-alphora-resumable", "0")]).await;
    assert!(plain.status == 200 && !plain.body.contains("\nid: "));
    for wrong in ["x", "-1", "1.5", "99999999999999999999"] {
        let path = format!("/v1/runs/{}/events", plain.header("x-run-id").unwrap());
        for bytes in [
            request("GET", &path, &[("Last-Event-ID", wrong)], b""),
            request("GET", &format!("{path}?last_event_id={wrong}"), &[], b""),
        ] {
            let answer = alphora_tests::exchange(bench.addr(), &bytes).await;
            assert_eq!((answer.status, &answer.error()["code"]), (400, &json!("invalid_value")));
        }
    }
}

#[tokio::test]
async fn what_fails_before_the_first_event_is_a_status() {
    let log = Log::new();
    let config = ScriptedConfig { first_event_timeout: Duration::from_millis(300), ..Default::default() };
    let bench = Bench::start_with(&log, config, ServerConfig::default()).await;
    for (script, status) in [("fail x", 500), ("public 422 no", 422), ("panic x", 500), ("hang", 504)] {
        let answer = bench.ask(script).await;
        assert_eq!(answer.status, status, "{script}");
        answer.error();
        until_runs(bench.addr(), 0).await;
        assert_not_found(&bench.rest(answer.header("x-run-id").unwrap(), None).await);
    }
    let late = exact(&bench.ask("text a\nfail x").await.body);
    assert!(late.len() == 4 && late[2].1.contains("\"agent_error\"") && late[3].1 == "[DONE]", "{late:?}");
}

#[tokio::test]
async fn what_was_not_to_be_kept_is_not_found() {
    let log = Log::new();
    let bench = Bench::start(&log).await;
    let plain = post(bench.addr(), OPENAI, body("text x"), &[]).await;
    assert_not_found(&bench.rest(plain.header("x-run-id").unwrap(), None).await);
    for id in ["x", "cmpl-", &format!("cmpl-{}", "0".repeat(32)), "a%2Fb"] {
        assert_not_found(&bench.rest(id, None).await);
    }
    let wrong = request("DELETE", "/v1/runs/x/events", &[], b"");
    assert_eq!(alphora_tests::exchange(bench.addr(), &wrong).await.status, 405);
}

#[tokio::test]
async fn another_owners_run_is_not_found() {
    let log = Log::new();
    let agent = alphora::publish(Scripted::new(Arc::default()))
        .session_store(store_of(log.clone()))
        .authenticate(|headers: &HeaderMap| {
            let user = headers.get("x-user").and_then(|user| user.to_str().ok());
            user.map(Principal::new).ok_or_else(AuthenticationError::unauthenticated)
        });
    let server = TestServer::start(agent).await;
    let ask = |path: String, user: &'static str, method: &'static str| async move {
        alphora_tests::exchange(server.addr, &request(method, &path, &[("x-user", user)], b"")).await
    };
    let headers = [RESUMABLE, ("x-user", "one")];
    let whole = post(server.addr, OPENAI, body("text x"), &headers).await;
    let run = whole.header("x-run-id").unwrap();
    for path in [format!("/v1/runs/{run}/events"), format!("/scripted/runs/{run}/events")] {
        assert_eq!(exact(&ask(path.clone(), "one", "GET").await.body), exact(&whole.body));
        assert_not_found(&ask(path, "other", "GET").await);
    }
    let bytes = request("POST", OPENAI, &headers, body("text x\nhang").as_bytes());
    let mut stream = Connection::send(server.addr, &bytes).await.unwrap();
    let text = stream.until("\"x\"").await.unwrap();
    let run = text.split("x-run-id: ").nth(1).unwrap().split("\r\n").next().unwrap();
    for (user, status) in [("other", 404), ("one", 202)] {
        let path = format!("/v1/runs/{run}/cancel");
        assert_eq!(ask(path, user, "POST").await.status, status);
    }
    assert_eq!(get(server.addr, &format!("/v1/runs/{run}/events")).await.status, 401);
}

#[tokio::test]
async fn what_is_no_longer_kept_is_gone() {
    let log = Log::new();
    let bench = Bench::start(&log).await;
    // Each event has more than 200 bytes.
    let answer = bench.ask("flood 25000").await;
    let all = exact(&answer.body);
    check_whole(&all, 1);
    let run = answer.header("x-run-id").unwrap();
    for after in [None, Some(0), Some(100)] {
        let gone = bench.rest(run, after).await;
        assert_eq!((gone.status, &gone.error()["code"]), (410, &json!("run_events_gone")));
    }
    let after = all.len() - 1000;
    assert_eq!(exact(&bench.rest(run, Some(after as u64)).await.body), all[after..]);
    let limits = log.limits.lock().unwrap().unwrap();
    assert_eq!((limits.time, limits.bytes), (Duration::from_secs(600), 4 << 20));
}
