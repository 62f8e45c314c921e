//! Limits of several servers that share a store.

use std::sync::Arc;

use alphora::session::store::{InMemoryStore, SessionStore};

use alphora_tests::{Gate, until_some};

use super::*;

async fn two(config: ServerConfig) -> [TestServer; 2] {
    let store: Arc<dyn SessionStore> = Arc::new(InMemoryStore::default());
    sharing(&store, config).await
}

/// Two servers of one store.
pub(crate) async fn sharing(store: &Arc<dyn SessionStore>, config: ServerConfig) -> [TestServer; 2] {
    let serve = || TestServer::start(publisher(config.clone()).session_store(store.clone()));
    [serve().await, serve().await]
}

#[tokio::test]
async fn requests_count_wherever_they_are_made() {
    requests_together(&two(each(per_minute(6))).await).await;
}

#[tokio::test]
async fn tokens_count_wherever_they_are_used() {
    let limits = Limits { tokens_per_minute: Some(100), ..Limits::default() };
    tokens_together(&two(each(limits)).await).await;
}

#[tokio::test]
async fn runs_at_once_are_counted_together() {
    runs_together(&two(each(at_once(3))).await).await;
}

/// Two servers whose limit is 6 a minute.
pub(crate) async fn requests_together(servers: &[TestServer; 2]) {
    let mut statuses = Vec::new();
    for turn in 0..10 {
        let answer = ask(&servers[turn % 2], "text a").await;
        assert_eq!(answer.header("x-ratelimit-limit-requests"), Some("6"));
        statuses.push(answer.status);
    }
    let granted = statuses.iter().filter(|status| **status == 200).count();
    // One more is there each ten seconds.
    assert!((6..=7).contains(&granted), "{statuses:?}");
    assert_eq!(statuses[..6], [200; 6]);
}

/// Two servers whose limit is 100 a minute.
pub(crate) async fn tokens_together(servers: &[TestServer; 2]) {
    assert_eq!(ask(&servers[0], "usage 100 150\ntext a").await.status, 200);
    until("the other server hears of it", async || ask(&servers[1], "text a").await.status != 200).await;
    assert_eq!(ask(&servers[0], "text a").await.status, 429);
}

/// Two servers whose limit is 3 at once.
pub(crate) async fn runs_together(servers: &[TestServer; 2]) {
    for _ in 0..3 {
        let gate = Gate::new();
        let script = format!("gate {gate}");
        // In later rounds the places have to come back first.
        let slow = async |which: usize| {
            until_some("there is a place", async || {
                Some(ask(&servers[which], &script).await.status).filter(|status| *status != 429)
            })
            .await
        };
        let others = async {
            gate.reached(3).await;
            let refused = [ask(&servers[0], "text a").await.status, ask(&servers[1], "text a").await.status];
            gate.open();
            refused
        };
        let (a, b, c, refused) = tokio::join!(slow(0), slow(1), slow(0), others);
        assert_eq!(([a, b, c], refused), ([200; 3], [429; 2]));
    }
    until("a place is back", async || ask(&servers[0], "text a").await.status == 200).await;
    for turn in 0..20 {
        assert_eq!(ask(&servers[turn % 2], "text a").await.status, 200);
    }
}
