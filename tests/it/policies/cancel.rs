//! `POST .../runs/{id}/cancel`.

use alphora::prelude::*;

use super::*;

/// The id of the run in the head of an answer.
fn run_id(head: &str) -> String {
    let (_, rest) = head.split_once("x-run-id: ").expect("the answer names its run");
    rest.split("\r\n").next().unwrap().to_owned()
}

async fn cancel(bench: &Bench, surface: &str, id: &str) -> Answer {
    post(bench.server.addr, &format!("{surface}/runs/{id}/cancel"), "", &[]).await
}

#[tokio::test]
async fn a_run_is_ended_through_its_id() {
    for (on_failure, expected) in [(OnFailure::Rollback, ""), (OnFailure::Keep, "a")] {
        for surface in ["/v1", "/scripted"] {
            let bench = Bench::start(ScriptedConfig { on_failure, ..Default::default() }).await;
            let mut run = bench.begin("remember a\ntext begun\nhang", true, &[]).await;
            let head = run.until("begun").await.unwrap();
            let id = run_id(&head);
            let answer = cancel(&bench, surface, &id).await;
            assert_eq!(answer.status, 202);
            assert_eq!(answer.json(), json!({ "id": id, "object": "run", "status": "cancelling" }));
            assert_cut(&rest(run).await, "run_cancelled");
            until_runs(bench.server.addr, 0).await;
            assert_eq!(bench.methods(), 0);
            let gone = cancel(&bench, surface, &id).await;
            assert_eq!((gone.status, &gone.error()["code"]), (404, &json!("run_not_found")));
            assert_eq!(bench.recall().await, expected);
        }
    }
}

#[tokio::test]
async fn ids_that_are_no_runs_are_not_found() {
    let bench = Bench::start(ScriptedConfig::default()).await;
    let unknown = format!("cmpl-{}", "0".repeat(32));
    for id in [&unknown, "x", "cmpl-", "%00", "%ff", "..", "cmpl-+0000000000000000000000000000000"] {
        for surface in ["/v1", "/scripted"] {
            let answer = cancel(&bench, surface, id).await;
            assert_eq!(
                (answer.status, &answer.error()["type"]),
                (404, &json!("invalid_request_error")),
                "{id}"
            );
        }
    }
    let wrong_method = get(bench.server.addr, &format!("/v1/runs/{unknown}/cancel")).await;
    assert_eq!((wrong_method.status, wrong_method.header("allow")), (405, Some("POST")));
    let wrong_path = post(bench.server.addr, &format!("/v1/runs/{unknown}"), "", &[]).await;
    assert_eq!((wrong_path.status, &wrong_path.error()["code"]), (404, &json!("unknown_url")));
}

/// Tells its run's id to its client before anything else, by its session.
#[tokio::test]
async fn a_run_that_has_not_answered_yet_is_ended_as_an_error() {
    let bench = Bench::start(ScriptedConfig::default()).await;
    let id = Arc::new(std::sync::Mutex::new(String::new()));
    let seen = id.clone();
    let publisher = alphora::publish_with(move |context| {
        context.run_id().clone_into(&mut seen.lock().unwrap());
        Scripted::new(Arc::default())
    });
    let other = Bench { server: TestServer::start(publisher).await, running: Arc::default() };
    for stream in [true, false] {
        let run = other.begin("hang", stream, &[]).await;
        until("the run has an id", async || !id.lock().unwrap().is_empty()).await;
        let id = std::mem::take(&mut *id.lock().unwrap());
        assert_eq!(cancel(&bench, "/v1", &id).await.status, 404, "it is another server's");
        assert_eq!(cancel(&other, "/v1", &id).await.status, 202);
        assert_conflict(&rest(run).await, "run_cancelled");
    }
}

#[tokio::test]
async fn a_run_without_a_client_is_ended_too() {
    let bench = Bench::start(ScriptedConfig::default()).await;
    let headers = [("x-alphora-on-disconnect", "continue")];
    let mut run = bench.begin("remember a\ntext begun\nhang", true, &headers).await;
    let id = run_id(&run.until("begun").await.unwrap());
    drop(run);
    until_connections(bench.server.addr, 0).await;
    assert_eq!(bench.runs().await, 1);
    assert_eq!(cancel(&bench, "/v1", &id).await.status, 202);
    until_runs(bench.server.addr, 0).await;
    assert_eq!((bench.methods(), bench.recall().await.as_str()), (0, ""));
}

#[agent]
struct Other {}

#[agent(path = "/other")]
impl Other {
    async fn run(&self, _request: OpenAIRequest) -> &'static str {
        "other"
    }
}

#[tokio::test]
async fn an_agent_ends_its_own_runs_only() {
    let publisher = alphora::publish(Scripted::new(Arc::default())).and(Other::new());
    let bench = Bench { server: TestServer::start(publisher).await, running: Arc::default() };
    let bytes =
        request("POST", "/scripted/chat/completions", &[], body("text begun\nhang", true, "s").as_bytes());
    let mut run = Connection::send(bench.server.addr, &bytes).await.unwrap();
    let id = run_id(&run.until("begun").await.unwrap());
    assert_eq!(cancel(&bench, "/other", &id).await.status, 404);
    assert_eq!(bench.runs().await, 1);
    assert_eq!(cancel(&bench, "/v1", &id).await.status, 202);
    assert_cut(&rest(run).await, "run_cancelled");
}

#[tokio::test]
async fn browsers_may_end_runs_where_they_may_begin_them() {
    let publisher = alphora::publish(Scripted::new(Arc::default())).allow_origin("http://localhost:3000");
    let server = TestServer::start(publisher).await;
    let path = format!("/v1/runs/cmpl-{}/cancel", "0".repeat(32));
    let answer = post(server.addr, &path, "", &[("Origin", "http://localhost:3000")]).await;
    assert_eq!(answer.header("access-control-allow-origin"), Some("http://localhost:3000"));
}

#[test]
fn paths_that_would_hide_the_runs_of_another_agent_are_refused() {
    let publisher = alphora::publish(Scripted::new(Arc::default()))
        .config(ScriptedConfig { path: "/".to_owned(), ..Default::default() })
        .and(Other::new())
        .config(OtherConfig { path: "/runs".to_owned(), ..Default::default() })
        .environment(alphora::Environment::empty());
    let error = publisher.router().unwrap_err().to_string();
    assert!(error.contains("/runs/*"), "{error}");
}
