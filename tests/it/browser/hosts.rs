//! Which hosts a request may be for.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use alphora::{Environment, ServerConfig};
use alphora_tests::{Answer, Scripted, TestServer, exchange};
use axum::http::StatusCode;

use super::{AGENT, OPENAI, body, raw};

/// One server on loopback, and how many of its agents have run.
async fn server(config: ServerConfig) -> (TestServer, Arc<AtomicUsize>) {
    let running: Arc<AtomicUsize> = Arc::default();
    let publisher = alphora::publish(Scripted::new(running.clone())).server(config);
    (TestServer::start(publisher).await, running)
}

fn named(name: &str) -> ServerConfig {
    ServerConfig { allow_hosts: vec![name.to_owned()], allow_anonymous: true, ..ServerConfig::default() }
}

async fn models(server: &TestServer, host: &str) -> Answer {
    exchange(server.addr, &raw("GET", "/v1/models", &[("Host", host)], "")).await
}

#[tokio::test]
async fn no_route_answers_to_a_name_that_somebody_else_has_given_the_machine() {
    let (server, running) = server(ServerConfig::default()).await;
    let run = format!("/v1/runs/cmpl-{}/cancel", "0".repeat(32));
    for (method, path) in [
        ("POST", OPENAI),
        ("POST", AGENT),
        ("GET", "/v1/models"),
        ("GET", "/v1/models/Scripted"),
        ("GET", "/scripted/models"),
        ("GET", "/scripted/health"),
        ("GET", "/scripted/sessions"),
        ("DELETE", "/scripted/sessions/a"),
        ("POST", &run),
        ("GET", "/health"),
        ("GET", "/ready"),
        ("GET", "/metrics"),
        ("GET", "/docs"),
        ("GET", "/docs/script.js"),
        ("GET", "/openapi.json"),
        ("GET", "/nowhere"),
        ("PUT", OPENAI),
        ("OPTIONS", OPENAI),
        ("OPTIONS", "*"),
    ] {
        for origin in [None, Some(("Origin", "http://evil.test"))] {
            let headers: Vec<_> = [("Host", "evil.test")].into_iter().chain(origin).collect();
            let answer = exchange(server.addr, &raw(method, path, &headers, &body("text x"))).await;
            let error = answer.error();
            assert_eq!((answer.status, &error["code"]), (403, &"host_not_allowed".into()), "{method} {path}");
            assert!(error["message"].as_str().unwrap().contains("`evil.test`"), "{error}");
            assert!(error["message"].as_str().unwrap().contains("allow_hosts"), "{error}");
            assert!(answer.header("x-request-id").is_some());
            assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
            assert_eq!(answer.header("access-control-allow-origin"), None);
        }
    }
    assert_eq!(running.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_server_on_loopback_is_called_what_loopback_is_called() {
    let (server, _) = server(named("Agents.Example")).await;
    let own = format!("127.0.0.1:{}", server.addr.port());
    for host in [
        own.as_str(),
        "localhost",
        "LOCALHOST:1",
        "localhost.",
        "127.0.0.1",
        "127.1.2.3:65535",
        "[::1]",
        "[::1]:8000",
        "agents.example",
        "AGENTS.EXAMPLE:9",
        "agents.example.",
    ] {
        assert_eq!(models(&server, host).await.status, 200, "{host}");
        let answer = exchange(server.addr, &raw("POST", OPENAI, &[("Host", host)], &body("text x"))).await;
        assert_eq!(answer.content(), "x", "{host}");
    }
    for host in [
        "evil.test",
        "localhost.evil.test",
        "127.0.0.1.evil.test:80",
        "x.agents.example",
        "agents.example.evil.test",
        "0.0.0.0",
        "192.168.0.1:8000",
        "[::]",
        "127.1",
        "2130706433",
    ] {
        for request in
            [raw("GET", "/v1/models", &[("Host", host)], ""), raw("POST", OPENAI, &[("Host", host)], "{}")]
        {
            let answer = exchange(server.addr, &request).await;
            assert_eq!((answer.status, &answer.error()["code"]), (403, &"host_not_allowed".into()), "{host}");
        }
    }
}

#[tokio::test]
async fn a_request_says_once_whom_it_is_for() {
    let (server, _) = server(ServerConfig::default()).await;
    let twice = [("Host", "localhost"), ("Host", "localhost")];
    let split = [("Host", "localhost"), ("Host", "evil.test")];
    let none = [];
    for headers in [&twice[..], &split, &none] {
        for (method, path) in [("GET", "/health"), ("POST", OPENAI)] {
            let answer = exchange(server.addr, &raw(method, path, headers, &body("text x"))).await;
            assert_eq!(
                (answer.status, &answer.error()["code"]),
                (400, &"invalid_host".into()),
                "{headers:?}"
            );
        }
    }
    for host in [
        "",
        "localhost:x",
        "user@localhost",
        "localhost,evil.test",
        "localhost/",
        "::1",
        "[::1",
        "local host",
    ] {
        let answer = models(&server, host).await;
        assert_eq!((answer.status, &answer.error()["code"]), (400, &"invalid_host".into()), "{host:?}");
    }
    // Nobody had to say it once, and no browser is that old.
    let old = exchange(server.addr, b"GET /health HTTP/1.0\r\n\r\n").await;
    assert_eq!(old.status, 200);
    let old = exchange(server.addr, b"GET /health HTTP/1.0\r\nHost: evil.test\r\n\r\n").await;
    assert_eq!(old.status, 403);
    // What is shown of a name is shown as text, and not all of a long one.
    let long = format!("{}.test", "a".repeat(5000));
    let answer = models(&server, &long).await;
    assert_eq!(answer.status, 403);
    assert!(answer.body.len() < 500, "{}", answer.body);
}

#[tokio::test]
async fn the_target_of_a_request_counts_as_well() {
    let (server, running) = server(ServerConfig::default()).await;
    let ask = async |target: &str, host: Option<&str>, method: &str| {
        let headers: Vec<_> = host.map(|host| ("Host", host)).into_iter().collect();
        exchange(server.addr, &raw(method, target, &headers, &body("text x"))).await
    };
    for method in ["GET", "POST"] {
        for (target, host, status) in [
            (format!("http://localhost{OPENAI}"), Some("localhost"), if method == "GET" { 405 } else { 200 }),
            (format!("http://evil.test{OPENAI}"), Some("localhost"), 403),
            (format!("http://localhost{OPENAI}"), Some("evil.test"), 403),
            (format!("http://localhost@evil.test{OPENAI}"), Some("localhost"), 400),
            (format!("http://evil.test@localhost{OPENAI}"), Some("localhost"), 400),
        ] {
            assert_eq!(ask(&target, host, method).await.status, status, "{method} {target} {host:?}");
        }
    }
    assert_eq!(ask("http://evil.test/v1/models", None, "GET").await.status, 403);
    assert_eq!(ask("http://127.0.0.1/v1/models", None, "GET").await.status, 200);
    assert_eq!(running.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn whoever_watches_a_server_may_know_its_address_alone() {
    let (server, _) = server(named("agents.example")).await;
    for host in ["10.1.2.3:8000", "[fd00::7]"] {
        for path in ["/health", "/ready"] {
            let answer = exchange(server.addr, &raw("GET", path, &[("Host", host)], "")).await;
            assert_eq!(answer.status, 200, "{host} {path}");
        }
        let answer = models(&server, host).await;
        assert_eq!(answer.status, 403, "{host}");
    }
}

#[tokio::test]
async fn beyond_loopback_only_configured_names_are_looked_at() {
    for (hosts, status) in [(vec![], 200), (vec!["agents.example".to_owned()], 403)] {
        let config = ServerConfig { allow_hosts: hosts, allow_anonymous: true, ..ServerConfig::default() };
        let publisher = alphora::publish(Scripted::new(Arc::default())).server(config);
        let server = TestServer::start_at(publisher.environment(Environment::empty()), "0.0.0.0:0").await;
        for (host, expected) in [("evil.test", status), ("agents.example", 200), ("localhost", 200)] {
            assert_eq!(models(&server, host).await.status, expected, "{host}");
            let request = raw("POST", OPENAI, &[("Host", host)], &body("text x"));
            assert_eq!(exchange(server.addr, &request).await.status, expected, "{host}");
        }
        let missing = exchange(server.addr, &raw("GET", "/health", &[], "")).await;
        assert_eq!(missing.status, if status == 200 { 200 } else { 400 });
    }
}

#[tokio::test]
async fn routes_under_another_listener_know_configured_names_alone() {
    for (hosts, status) in
        [(vec![], StatusCode::OK), (vec!["agents.example".to_owned()], StatusCode::FORBIDDEN)]
    {
        let config = ServerConfig { allow_hosts: hosts, ..ServerConfig::default() };
        let publisher = alphora::publish(Scripted::new(Arc::default())).server(config);
        let router = publisher.environment(Environment::empty()).with_pages().router().unwrap();
        let app = axum::Router::new().nest("/ai", router);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let serving = async { axum::serve(listener, app).await.unwrap() };
        let asking = async {
            for (host, expected) in
                [("evil.test", status.as_u16()), ("agents.example", 200), ("127.0.0.1", 200)]
            {
                for (method, path) in [("GET", "/ai/docs"), ("POST", "/ai/v1/chat/completions")] {
                    let answer = exchange(addr, &raw(method, path, &[("Host", host)], &body("text x"))).await;
                    assert_eq!(answer.status, expected, "{host} {path}");
                }
            }
        };
        tokio::select! {
            () = serving => {}
            () = asking => {}
        }
    }
}

#[tokio::test]
async fn names_of_a_site_mean_that_others_come_by_a_proxy() {
    let chosen = r#"{"session_id":"alice","messages":[{"role":"user","content":"text x"}]}"#;
    let local = ServerConfig::default();
    let asked = ServerConfig { client_session_ids: true, open_metrics: true, ..named("agents.example") };
    for (config, status, metrics) in
        [(local, 200, 200), (named("agents.example"), 400, 404), (asked, 200, 200)]
    {
        let (server, _) = server(config).await;
        let answer = exchange(server.addr, &raw("POST", OPENAI, &[("Host", "localhost")], chosen)).await;
        assert_eq!(answer.status, status, "{}", answer.body);
        let answer = exchange(server.addr, &raw("GET", "/metrics", &[("Host", "localhost")], "")).await;
        assert_eq!(answer.status, metrics, "{}", answer.body);
    }
}

#[cfg(feature = "http2")]
#[tokio::test]
async fn http2_says_it_in_its_target() {
    use axum::body::Body;
    use axum::http::{Request, Version};
    use hyper_util::rt::{TokioExecutor, TokioIo};

    let (server, running) = server(ServerConfig::default()).await;
    let stream = tokio::net::TcpStream::connect(server.addr).await.unwrap();
    let (client, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    #[expect(clippy::disallowed_methods, reason = "it ends with its server")]
    tokio::spawn(connection);
    for (authority, host, status) in [
        ("localhost:8000", None, 200),
        ("[::1]", None, 200),
        ("evil.test", None, 403),
        ("evil.test", Some("localhost"), 403),
        ("localhost", Some("evil.test"), 403),
    ] {
        for (method, path) in [("GET", "/v1/models"), ("POST", OPENAI)] {
            let mut request = Request::builder()
                .method(method)
                .uri(format!("http://{authority}{path}"))
                .version(Version::HTTP_2)
                .header("content-type", "application/json");
            if let Some(host) = host {
                request = request.header("host", host);
            }
            let sent = if method == "POST" { body("text x") } else { String::new() };
            let answer = client.clone().send_request(request.body(Body::from(sent)).unwrap()).await.unwrap();
            assert_eq!(answer.status().as_u16(), status, "{method} {authority} {host:?}");
        }
    }
    assert_eq!(running.load(Ordering::SeqCst), 0);
}
