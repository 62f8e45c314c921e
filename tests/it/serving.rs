//! The server around the agents: pages, browsers, nesting, and stopping.

use std::sync::Arc;
use std::time::Duration;

use alphora::{Environment, ServerConfig};
use alphora_tests::{Connection, Gate, Scripted, TestServer, get, post, request, until_draining, until_runs};
use serde_json::{Value, json};

const OPENAI: &str = "/v1/chat/completions";

fn body(script: &str, stream: bool) -> Value {
    json!({ "messages": [{ "role": "user", "content": script }], "stream": stream })
}

fn publisher() -> alphora::Publisher<Scripted> {
    alphora::publish(Scripted::new(Arc::default()))
}

#[tokio::test]
async fn every_answer_has_a_request_id_of_its_own() {
    let server = TestServer::start(publisher()).await;
    let mut ids = std::collections::HashSet::new();
    let pages =
        ["/health", "/ready", "/openapi.json", "/docs", "/docs/style.css", "/v1/models", "/scripted/models"];
    for path in
        pages.into_iter().chain(["/scripted/health", "/v1/models/Scripted", "/nope", "/v1/nope", OPENAI])
    {
        let answer = get(server.addr, path).await;
        assert!(ids.insert(answer.header("x-request-id").unwrap_or_else(|| panic!("{path}")).to_owned()));
    }
    for script in ["text x", "fail x", "public 404 x"] {
        for stream in [true, false] {
            let answer = post(server.addr, OPENAI, body(script, stream), &[]).await;
            assert!(ids.insert(answer.header("x-request-id").unwrap().to_owned()));
            assert!(answer.header("x-run-id").unwrap().starts_with("cmpl-"));
        }
    }
}

#[tokio::test]
async fn the_docs_page_asks_no_other_host() {
    let server = TestServer::start(publisher()).await;
    let page = get(server.addr, "/docs").await;
    assert_eq!((page.status, page.header("content-type")), (200, Some("text/html; charset=utf-8")));
    assert!(page.header("content-security-policy").unwrap().contains("default-src 'none'"));
    assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
    for path in ["/docs", "/docs/script.js", "/docs/try.js", "/docs/style.css"] {
        let file = get(server.addr, path).await;
        assert_eq!(file.status, 200, "{path}");
        assert!(!file.body.contains("https://") && !file.body.contains("innerHTML"), "{path}");
    }
}

#[tokio::test]
async fn browsers_are_let_in_by_list_only() {
    let preflight = [
        ("Origin", "http://localhost:3000"),
        ("Access-Control-Request-Method", "POST"),
        ("Access-Control-Request-Headers", "authorization,x-stainless-lang"),
    ];
    let options = |headers: &[(&str, &str)]| request("OPTIONS", OPENAI, headers, b"");
    let server = TestServer::start(publisher().allow_origin("http://localhost:3000")).await;
    let mut connection = Connection::send(server.addr, &options(&preflight)).await.unwrap();
    let answer = String::from_utf8(connection.rest().await.unwrap()).unwrap().to_lowercase();
    assert!(answer.starts_with("http/1.1 200"), "{answer}");
    assert!(answer.contains("access-control-allow-origin: http://localhost:3000"), "{answer}");
    assert!(answer.contains("access-control-allow-headers: authorization,x-stainless-lang"), "{answer}");
    assert!(!answer.contains("access-control-allow-credentials"));
    for bad in ["{", "{}"] {
        let answer = post(server.addr, OPENAI, bad, &[("Origin", "http://localhost:3000")]).await;
        assert_eq!(
            answer.header("access-control-allow-origin"),
            Some("http://localhost:3000"),
            "on errors too"
        );
    }
    let stranger = post(server.addr, OPENAI, "{}", &[("Origin", "http://evil.example")]).await;
    assert_eq!(stranger.header("access-control-allow-origin"), None);

    let server = TestServer::start(publisher()).await;
    let answer = post(server.addr, OPENAI, "{}", &[("Origin", "http://localhost:3000")]).await;
    assert_eq!(answer.header("access-control-allow-origin"), None, "off by default");
}

#[tokio::test]
async fn a_router_nests_in_an_application() {
    let router = publisher().environment(Environment::empty()).router().unwrap();
    let pages = publisher().environment(Environment::empty()).with_pages().router().unwrap();
    let app = axum::Router::new()
        .route("/own", axum::routing::get(|| async { "own" }))
        .nest("/ai", router)
        .nest("/all", pages)
        .fallback(|| async { (axum::http::StatusCode::IM_A_TEAPOT, "own fallback") });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    let serving = async { axum::serve(listener, app).await.unwrap() };
    let asking = async {
        assert_eq!(get(addr, "/own").await.body, "own");
        assert_eq!(post(addr, "/ai/v1/chat/completions", body("text x", false), &[]).await.content(), "x");
        assert_eq!(
            post(addr, "/ai/scripted/chat/completions", body("text x", true), &[]).await.content(),
            "x"
        );
        let unknown = get(addr, "/ai/v1/nope").await.error();
        assert_eq!(
            (&unknown["code"], &unknown["message"]),
            (&json!("unknown_url"), &json!("unknown request URL: GET /ai/v1/nope"))
        );
        assert_eq!(get(addr, "/ai/health").await.status, 418, "pages are left out");
        assert_eq!(get(addr, "/all/health").await.status, 200);
        assert_eq!(get(addr, "/all/docs").await.status, 200);
        assert_eq!(get(addr, "/nope").await.status, 418, "the application's fallback stays its own");
    };
    tokio::select! {
        () = serving => {}
        () = asking => {}
    }
}

#[tokio::test]
async fn stopping_lets_answers_end() {
    let mut server = TestServer::start(publisher()).await;
    let gate = Gate::new();
    let script = format!("text a\ngate {gate}\ntext b");
    let bytes = request("POST", OPENAI, &[], body(&script, true).to_string().as_bytes());
    let mut connection = Connection::send(server.addr, &bytes).await.unwrap();
    connection.until("\"a\"").await.unwrap();
    server.tell_to_stop();
    until_draining(server.addr).await;
    let ready = get(server.addr, "/ready").await;
    assert_eq!((ready.status, &ready.json()["status"]), (503, &json!("draining")), "balancers are told");
    let refused = post(server.addr, OPENAI, body("text x", false), &[]).await;
    assert_eq!((refused.status, &refused.error()["code"]), (503, &json!("shutdown")), "nothing new is begun");
    gate.open();
    let rest = String::from_utf8(connection.rest().await.unwrap()).unwrap();
    assert!(rest.contains("\"b\"") && rest.contains("[DONE]") && rest.ends_with("0\r\n\r\n"), "{rest}");
    let addr = server.addr;
    server.stopped().await;
    assert!(Connection::send(addr, b"").await.is_err(), "nothing listens any more");
}

#[tokio::test]
async fn what_does_not_end_gets_a_last_event() {
    let config = ServerConfig { drain_timeout: Duration::from_millis(200), ..ServerConfig::default() };
    let mut server = TestServer::start(publisher().server(config)).await;
    let send = |stream| {
        request("POST", OPENAI, &[], body("text a\nhang", stream).to_string().into_bytes().as_slice())
    };
    let mut stream = Connection::send(server.addr, &send(true)).await.unwrap();
    let mut whole = Connection::send(server.addr, &send(false)).await.unwrap();
    stream.until("\"a\"").await.unwrap();
    until_runs(server.addr, 2).await;
    server.tell_to_stop();
    let rest = String::from_utf8(stream.rest().await.unwrap()).unwrap();
    assert!(
        rest.contains("\"code\":\"shutdown\"") && rest.contains("[DONE]") && rest.ends_with("0\r\n\r\n"),
        "{rest}"
    );
    let answer = String::from_utf8(whole.rest().await.unwrap()).unwrap();
    assert!(answer.starts_with("HTTP/1.1 503") && answer.contains("shutdown"), "{answer}");
    tokio::time::timeout(Duration::from_secs(3), server.stopped()).await.unwrap();
}
