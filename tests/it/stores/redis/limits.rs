//! Limits that servers count together in Redis.

use alphora::session::store::{LimitAccount, RunPlace, Settlement, conformance};
use alphora::{Limits, ServerConfig};

use super::process::Redis;
use super::*;
use crate::limits::shared::{requests_together, runs_together, sharing, tokens_together};

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server"]
async fn limits_keep_what_stores_promise() {
    let redis = Redis::start(&[]).await;
    let limits = open(&redis.url()).limits().unwrap();
    let report =
        conformance::limit_store(limits.clone()).await.unwrap_or_else(|violation| panic!("{violation}"));
    assert_eq!(report.passed.len(), conformance::LIMIT_STORE.len());
    tell(&format!("{} promises of limits are kept", report.passed.len()));
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn what_has_recovered_leaves_no_key_behind() {
    let redis = Redis::start(&[]).await;
    let store = open(&redis.url()).limits().unwrap();
    let limits = Limits { requests_per_minute: Some(60_000), tokens_per_minute: None, runs: Some(2) };
    let account = LimitAccount::Caller("somebody {in} braces".into());
    let place = RunPlace { run: 1, lease: Duration::from_millis(300) };
    store.take(&account, &limits, &place).await.unwrap();
    assert_eq!(redis.say(&["KEYS", "*:places"]).lines().count(), 1);
    store.settle(&account, &limits, &Settlement { runs: vec![1], ..Settlement::default() }).await.unwrap();
    redis.until("0", &["DBSIZE"]).await;
    store.take(&account, &limits, &place).await.unwrap();
    // Neither a settlement nor a sweep is needed.
    redis.until("0", &["DBSIZE"]).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server"]
async fn two_servers_count_together_in_redis() {
    let redis = Redis::start(&[]).await;
    let with = |prefix: &str, key_limits: Limits| {
        let store: Arc<dyn SessionStore> = open(&format!("{}?prefix={prefix}", redis.url()));
        let config = ServerConfig { key_limits, ..ServerConfig::default() };
        async move { sharing(&store, config).await }
    };
    let none = Limits::default();
    requests_together(&with("a", Limits { requests_per_minute: Some(6), ..none }).await).await;
    tokens_together(&with("b", Limits { tokens_per_minute: Some(100), ..none }).await).await;
    runs_together(&with("c", Limits { runs: Some(3), ..none }).await).await;
}
