//! Who may read the metrics.

use alphora::axum::http::HeaderMap;
use alphora::{AuthenticationError, Environment, Principal, Publisher, ServerConfig};
use alphora_tests::serve_router;

use super::*;

fn publisher(server: ServerConfig) -> Publisher<Scripted> {
    alphora::publish(Scripted::new(Arc::default())).server(server).environment(Environment::empty())
}

fn by_name(headers: &HeaderMap) -> Result<Principal, AuthenticationError> {
    let user = headers.get("x-user").and_then(|user| user.to_str().ok());
    let user = user.ok_or_else(AuthenticationError::unauthenticated)?;
    Ok(Principal::new(user).with_metrics(user == "operator"))
}

async fn read(addr: SocketAddr, user: Option<&str>) -> Answer {
    let headers: Vec<_> = user.iter().map(|user| ("X-User", *user)).collect();
    exchange(addr, &request("GET", "/metrics", &headers, b"")).await
}

#[tokio::test]
async fn on_loopback_everybody_may() {
    let server = TestServer::start_with(publisher(ServerConfig::default()).authenticate(by_name)).await;
    assert_eq!(read(server.addr, None).await.status, 200);
    let wrong = exchange(server.addr, &request("POST", "/metrics", &[], b"")).await;
    assert_eq!(wrong.status, 405);
}

#[tokio::test]
async fn behind_a_listener_of_somebody_else_nobody_may_without_a_key_that_says_so() {
    let router = publisher(ServerConfig::default()).with_pages().router().unwrap();
    let hidden = read(serve_router(router).await, Some("operator")).await;
    assert_eq!((hidden.status, &hidden.error()["code"]), (404, &json!("metrics_not_shown")));

    let router = publisher(ServerConfig::default()).authenticate(by_name).with_pages().router().unwrap();
    let addr = serve_router(router).await;
    assert_eq!(read(addr, None).await.status, 401);
    assert_eq!(read(addr, Some("user")).await.status, 403);
    let answer = read(addr, Some("operator")).await;
    assert_eq!(answer.status, 200);
    assert!(answer.body.contains("alphora_runs_started_total{agent=\"Scripted\"} 0"), "{}", answer.body);
}

#[tokio::test]
async fn the_configuration_can_open_them() {
    let open = ServerConfig { open_metrics: true, ..Default::default() };
    let router = publisher(open).authenticate(by_name).with_pages().router().unwrap();
    assert_eq!(read(serve_router(router).await, None).await.status, 200);
}

#[tokio::test]
async fn without_pages_a_router_has_none() {
    let router = publisher(ServerConfig::default()).router().unwrap();
    assert_eq!(read(serve_router(router).await, None).await.status, 404);
}
