//! `/ready` is what it says: 503 while the store cannot be used, and asking it costs the store nothing.

use std::sync::Arc;
use std::time::Duration;

use alphora::session::store::{InMemoryStore, StoreLimits};
use alphora_tests::faulty_store::{Fault, FaultyStore};
use alphora_tests::{Answer, Scripted, TestServer, get, serve_router, until_some};
use serde_json::json;

async fn start() -> (TestServer, Arc<FaultyStore>) {
    let store = FaultyStore::new(Arc::new(InMemoryStore::new(StoreLimits::default())));
    let publisher = alphora::publish(Scripted::new(Arc::default())).session_store(store.clone());
    (TestServer::start(publisher).await, store)
}

/// The answer, as soon as it has this status.
async fn becomes(server: &TestServer, status: u16) -> Answer {
    until_some(format!("`/ready` says {status}"), async || {
        Some(get(server.addr, "/ready").await).filter(|answer| answer.status == status)
    })
    .await
}

#[tokio::test]
async fn a_server_without_its_store_is_not_ready_and_becomes_so_again() {
    let (server, store) = start().await;
    let ready = get(server.addr, "/ready").await;
    assert_eq!(ready.status, 200);
    assert_eq!(
        ready.json(),
        json!({ "status": "ready", "runs": 0, "checks": { "drain": "ok", "store": "ok" } })
    );
    store.set(Fault::Down);
    let down = becomes(&server, 503).await;
    assert_eq!(
        down.json(),
        json!({ "status": "unavailable", "runs": 0, "checks": { "drain": "ok", "store": "unavailable" } })
    );
    assert_eq!(
        get(server.addr, "/health").await.status,
        200,
        "it lives: starting it again brings no store back"
    );
    let metrics = get(server.addr, "/metrics").await.body;
    assert!(metrics.contains("\nalphora_store_up 0\n"), "{metrics}");
    let without = get(server.addr, "/ready?exclude=store").await;
    assert_eq!((without.status, &without.json()["checks"]["store"]), (200, &json!("excluded")));
    store.set(Fault::None);
    becomes(&server, 200).await;
    assert!(get(server.addr, "/metrics").await.body.contains("\nalphora_store_up 1\n"));
}

#[tokio::test]
async fn a_store_that_does_not_answer_is_none() {
    let (server, store) = start().await;
    store.set_delay(Duration::from_secs(60));
    becomes(&server, 503).await;
    let begun = std::time::Instant::now();
    get(server.addr, "/ready").await;
    assert!(begun.elapsed() < Duration::from_secs(1), "nobody waits for it: {:?}", begun.elapsed());
    store.set_delay(Duration::ZERO);
    becomes(&server, 200).await;
}

#[tokio::test]
async fn many_probes_are_none_for_the_store() {
    let (server, store) = start().await;
    becomes(&server, 200).await;
    let before = store.checks();
    for _ in 0..500 {
        get(server.addr, "/ready").await;
    }
    assert!(store.checks() <= before + 3, "{} checks", store.checks() - before);
}

#[tokio::test]
async fn behind_a_listener_of_somebody_else_the_first_probe_asks() {
    let store = FaultyStore::new(Arc::new(InMemoryStore::new(StoreLimits::default())));
    store.set(Fault::Down);
    let router = alphora::publish(Scripted::new(Arc::default()))
        .session_store(store.clone())
        .environment(alphora::Environment::empty())
        .with_pages()
        .router()
        .unwrap();
    let addr = serve_router(router).await;
    assert_eq!(get(addr, "/ready").await.status, 503);
}
