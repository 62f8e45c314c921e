//! Which agents a key is for, and what is open to everybody.

use super::*;

#[tokio::test]
async fn a_key_is_for_the_agents_that_it_names() {
    let folder = Folder::create("keys").unwrap();
    let text = key("host", "sk-host", "agents = [\"Host\"]\nowner = \"o\"")
        + &key("all", "sk-all", "owner = \"o\"")
        + &key("both", "sk-both", "agents = [\"Host\", \"Scripted\"]");
    let publisher = with_keys(&folder.put("keys", &text)).and(Host::default());
    let server = TestServer::start(publisher).await;
    let models = async |secret| {
        let models = call(server.addr, "GET", "/v1/models", secret).await.json();
        let names =
            models["data"].as_array().unwrap().iter().map(|model| model["id"].as_str().unwrap().to_owned());
        names.collect::<Vec<_>>()
    };
    assert_eq!(models("sk-host").await, ["Host"]);
    assert_eq!(models("sk-all").await, ["Scripted", "Host"]);
    assert_eq!(models("sk-both").await, ["Scripted", "Host"]);
    assert_eq!(call(server.addr, "GET", "/v1/models/Scripted", "sk-host").await.status, 404);
    assert_eq!(call(server.addr, "GET", "/v1/models/Host", "sk-host").await.status, 200);

    let forbidden = |answer: &Answer| {
        assert_eq!(answer.status, 403, "{}", answer.body);
        let error = answer.error();
        assert_eq!(
            (&error["type"], &error["code"]),
            (&json!("permission_error"), &json!("permission_denied"))
        );
        assert_eq!(answer.header("www-authenticate"), None);
    };
    for path in [AGENT, OPENAI] {
        forbidden(&say(server.addr, path, "sk-host", "text hi", None).await);
        assert_eq!(say(server.addr, path, "sk-both", "text hi", None).await.status, 200);
    }
    let run = format!("cmpl-{}", "0".repeat(32));
    for (method, path) in [
        ("GET", "models".to_owned()),
        ("GET", "models/Scripted".to_owned()),
        ("POST", format!("runs/{run}/cancel")),
        ("GET", format!("runs/{run}/events")),
        ("GET", "sessions".to_owned()),
        ("GET", "sessions/s".to_owned()),
        ("DELETE", "sessions/s".to_owned()),
        ("GET", "sessions/s/export".to_owned()),
    ] {
        forbidden(&call(server.addr, method, &format!("/scripted/{path}"), "sk-host").await);
        let allowed = call(server.addr, method, &format!("/scripted/{path}"), "sk-both").await;
        assert!(matches!(allowed.status, 200 | 404), "{path}: {}", allowed.body);
    }
}

#[tokio::test]
async fn a_run_of_an_agent_that_a_key_is_not_for_is_none_to_it() {
    let folder = Folder::create("keys").unwrap();
    let text =
        key("host", "sk-host", "agents = [\"Host\"]\nowner = \"o\"") + &key("all", "sk-all", "owner = \"o\"");
    let server = TestServer::start(with_keys(&folder.put("keys", &text)).and(Host::default())).await;
    let headers = [("Authorization", "Bearer sk-all"), ("X-Alphora-Resumable", "1")];
    let body = json!({ "messages": [{ "role": "user", "content": "text begun\nhang" }], "stream": true });
    let bytes = request("POST", AGENT, &headers, body.to_string().as_bytes());
    let mut run = alphora_tests::Connection::send(server.addr, &bytes).await.unwrap();
    let head = run.until("begun").await.unwrap();
    let id = head.split_once("x-run-id: ").unwrap().1.split("\r\n").next().unwrap();
    for (method, what) in [("POST", "cancel"), ("GET", "events")] {
        let answer = call(server.addr, method, &format!("/v1/runs/{id}/{what}"), "sk-host").await;
        assert_eq!((answer.status, &answer.error()["code"]), (404, &json!("run_not_found")), "{what}");
    }
    assert_eq!(call(server.addr, "POST", &format!("/v1/runs/{id}/cancel"), "sk-all").await.status, 202);
}

#[tokio::test]
async fn what_acts_for_somebody_needs_a_key_and_the_rest_does_not() {
    let folder = Folder::create("keys").unwrap();
    let publisher =
        with_keys(&folder.put("keys", &key("a", "sk-1", ""))).allow_origin("http://localhost:3000");
    let server = TestServer::start(publisher).await;
    for path in ["/v1/models", "/v1/models/Scripted", "/scripted/models", "/scripted/sessions"] {
        assert_unknown(&call(server.addr, "GET", path, "sk-2").await, "sk-2");
        assert_eq!(call(server.addr, "GET", path, "sk-1").await.status, 200, "{path}");
    }
    for path in ["/health", "/ready", "/openapi.json", "/docs", "/scripted/health"] {
        assert_eq!(call(server.addr, "GET", path, "sk-2").await.status, 200, "{path}");
    }
    let page = [
        ("Origin", "http://localhost:3000"),
        ("Access-Control-Request-Method", "POST"),
        ("Access-Control-Request-Headers", "authorization,content-type"),
    ];
    for path in [AGENT, OPENAI, "/v1/models", "/scripted/sessions/s"] {
        let preflight = exchange(server.addr, &request("OPTIONS", path, &page, b"")).await;
        assert_eq!(preflight.status, 200, "{path}: {}", preflight.body);
        let allowed = preflight.header("access-control-allow-headers");
        assert!(allowed.is_some_and(|allowed| allowed.contains("authorization")), "{path}");
    }
}

/// What an answer has, by name.
fn fields(answer: &Answer) -> Vec<String> {
    answer.json().as_object().unwrap().keys().cloned().collect()
}

#[tokio::test]
async fn how_busy_a_server_is_is_for_those_who_may_use_it() {
    let folder = Folder::create("keys").unwrap();
    let text = key("all", "sk-all", "") + &key("host", "sk-host", "agents = [\"Host\"]");
    let server = TestServer::start(with_keys(&folder.put("keys", &text)).and(Host::default())).await;
    let service = json!({ "agent": "Scripted", "method": "run", "model": "Scripted" });

    // A key of another agent is none here, and a wrong one no reason for a probe to fail.
    let unknown = exchange(server.addr, &request("GET", "/scripted/health", &[], b"")).await;
    for answer in [
        unknown,
        call(server.addr, "GET", "/scripted/health", "sk-wrong").await,
        call(server.addr, "GET", "/scripted/health", "sk-host").await,
    ] {
        assert_eq!((answer.status, answer.json()), (200, json!({ "status": "ok", "service": service })));
    }
    let known = call(server.addr, "GET", "/scripted/health", "sk-all").await;
    assert_eq!(fields(&known), ["status", "uptime_seconds", "service", "framework", "runtime"]);
    assert_eq!(known.json()["service"], service);

    let unknown = exchange(server.addr, &request("GET", "/ready", &[], b"")).await;
    for answer in [unknown, call(server.addr, "GET", "/ready", "sk-wrong").await] {
        assert_eq!((answer.status, answer.json()), (200, json!({ "status": "ready", "checks": {} })));
    }
    let known = call(server.addr, "GET", "/ready", "sk-host").await;
    let all = json!({ "status": "ready", "runs": 0, "checks": { "drain": "ok", "store": "none" } });
    assert_eq!(known.json(), all);
}

#[tokio::test]
async fn which_part_of_a_server_is_not_ready_everybody_may_know() {
    let folder = Folder::create("keys").unwrap();
    let mut server = TestServer::start(with_keys(&folder.put("keys", &key("a", "sk-1", "")))).await;
    let body = chat("text begun\nhang", None).to_string();
    let bearer = [("Authorization", "Bearer sk-1")];
    let run = request("POST", AGENT, &bearer, body.as_bytes());
    let _run = alphora_tests::Connection::send(server.addr, &run).await.unwrap();
    until("it runs", async || call(server.addr, "GET", "/ready", "sk-1").await.json()["runs"] == 1).await;
    server.tell_to_stop();
    alphora_tests::until_draining(server.addr).await;
    let unknown = exchange(server.addr, &request("GET", "/ready", &[], b"")).await;
    let draining = json!({ "status": "draining", "checks": { "drain": "draining" } });
    assert_eq!((unknown.status, unknown.json()), (503, draining));
    let known = call(server.addr, "GET", "/ready", "sk-1").await;
    assert_eq!((known.status, &known.json()["runs"]), (503, &json!(1)));
}

/// Never says who a request is from.
struct Silent;

impl alphora::Authenticate for Silent {
    fn authenticate<'a>(&'a self, _: &'a alphora::axum::http::HeaderMap) -> alphora::AuthenticateFuture<'a> {
        Box::pin(std::future::pending())
    }
}

#[tokio::test]
async fn an_authentication_that_does_not_answer_holds_no_probe_up() {
    let publisher = alphora::publish(Scripted::new(Arc::default())).authenticate(Silent);
    let server = TestServer::start(publisher).await;
    for path in ["/health", "/ready", "/scripted/health"] {
        let begun = Instant::now();
        let answer = call(server.addr, "GET", path, "sk-1").await;
        assert_eq!((answer.status, answer.json().get("runs")), (200, None), "{path}");
        assert!(begun.elapsed() < Duration::from_secs(3), "{path}: {:?}", begun.elapsed());
    }
}
