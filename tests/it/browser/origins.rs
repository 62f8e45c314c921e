//! From which pages a request may come that changes something.

use std::sync::Arc;

use alphora::{Environment, ServerConfig};
use alphora_tests::{Scripted, TestServer, exchange};
use serde_json::json;

use super::{AGENT, OPENAI, body, raw};

const LISTED: &str = "http://localhost:3000";

async fn server() -> TestServer {
    TestServer::start(alphora::publish(Scripted::new(Arc::default())).allow_origin(LISTED)).await
}

#[tokio::test]
async fn only_pages_of_the_server_and_listed_ones_may_ask_agents() {
    let server = server().await;
    let own = format!("127.0.0.1:{}", server.addr.port());
    let own_origin = format!("http://{own}");
    let secure_origin = format!("https://{own}");
    let other_port = format!("http://127.0.0.1:{}", server.addr.port() ^ 1);
    let localhost = format!("http://localhost:{}", server.addr.port());
    for (origins, status) in [
        (vec![], 200),
        (vec![own_origin.as_str()], 200),
        (vec![&secure_origin], 200),
        (vec![LISTED], 200),
        (vec!["null"], 403),
        (vec![""], 403),
        (vec!["http://evil.test"], 403),
        (vec!["http://LOCALHOST:3000"], 403),
        (vec!["http://localhost:3001"], 403),
        (vec!["https://localhost:3000"], 403),
        (vec!["file://"], 403),
        (vec!["chrome-extension://abcdefgh"], 403),
        (vec![&other_port], 403),
        // The same machine under another name is another origin.
        (vec![&localhost], 403),
        (vec![LISTED, LISTED], 403),
        (vec![&own_origin, "http://evil.test"], 403),
    ] {
        let mut headers = vec![("Host", own.as_str())];
        headers.extend(origins.iter().map(|origin| ("Origin", *origin)));
        for path in [OPENAI, AGENT] {
            let answer = exchange(server.addr, &raw("POST", path, &headers, &body("text x"))).await;
            assert_eq!(answer.status, status, "{origins:?}: {}", answer.body);
            if status == 403 {
                let error = answer.error();
                assert_eq!(
                    (&error["type"], &error["code"]),
                    (&json!("permission_error"), &json!("origin_not_allowed"))
                );
                assert!(error["message"].as_str().unwrap().contains("allow_origins"));
            }
            let read_by = answer.header("access-control-allow-origin");
            let is_listed = origins.first() == Some(&LISTED) && (status == 200 || origins.len() > 1);
            assert_eq!(read_by, is_listed.then_some(LISTED), "{origins:?}");
            assert!(answer.header("vary").is_some_and(|vary| vary.contains("origin")), "{origins:?}");
        }
        // What changes nothing cannot be read by other pages, and is not refused.
        let read = exchange(server.addr, &raw("GET", "/v1/models", &headers, "")).await;
        assert_eq!(read.status, 200, "{origins:?}");
        let run = format!("/v1/runs/cmpl-{}/cancel", "0".repeat(32));
        let cancel = exchange(server.addr, &raw("POST", &run, &headers, "")).await;
        assert_eq!(cancel.status, if status == 200 { 404 } else { 403 }, "{origins:?}");
        let delete = exchange(server.addr, &raw("DELETE", "/scripted/sessions/a", &headers, "")).await;
        assert_eq!(delete.status, if status == 200 { 404 } else { 403 }, "{origins:?}");
    }
}

#[tokio::test]
async fn a_page_that_may_not_read_the_answer_cannot_ask_either() {
    let server = server().await;
    // What a form of any site can send without being asked for permission.
    for content_type in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"] {
        let body = body("text x");
        let head =
            format!("Host: localhost\r\nContent-Type: {content_type}\r\nContent-Length: {}", body.len());
        let bytes = format!("POST {OPENAI} HTTP/1.1\r\n{head}\r\nConnection: close\r\n\r\n{body}");
        assert_eq!(exchange(server.addr, bytes.as_bytes()).await.status, 415, "{content_type}");
    }
}

#[tokio::test]
async fn beyond_loopback_origins_are_looked_at_with_hosts() {
    for (hosts, status) in [(vec![], 200), (vec!["agents.example".to_owned()], 403)] {
        let config = ServerConfig { allow_hosts: hosts, allow_anonymous: true, ..ServerConfig::default() };
        let publisher = alphora::publish(Scripted::new(Arc::default())).server(config);
        let server = TestServer::start_at(publisher.environment(Environment::empty()), "0.0.0.0:0").await;
        for (origin, expected) in [("http://evil.test", status), ("https://agents.example", 200)] {
            let headers = [("Host", "agents.example"), ("Origin", origin)];
            let answer = exchange(server.addr, &raw("POST", OPENAI, &headers, &body("text x"))).await;
            assert_eq!(answer.status, expected, "{origin}");
            assert_eq!(answer.header("access-control-allow-origin"), None);
        }
        // What says nothing makes no difference: a scheme's own port, a dot at the end, the case.
        for host in ["agents.example:443", "agents.example:80", "AGENTS.example."] {
            let headers = [("Host", host), ("Origin", "https://agents.example")];
            let answer = exchange(server.addr, &raw("POST", OPENAI, &headers, &body("text x"))).await;
            assert_eq!(answer.status, 200, "{host}");
        }
    }
}
