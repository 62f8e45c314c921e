//! Limits that servers count together in PostgreSQL.

use std::sync::Arc;
use std::time::Duration;

use alphora::session::store::{LimitAccount, RunPlace, SessionStore, StoreLimits, conformance};
use alphora::{Limits, ServerConfig};

use super::cluster::Cluster;
use crate::limits::shared::{requests_together, runs_together, sharing, tokens_together};

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn postgres_keeps_what_stores_of_limits_promise() {
    let cluster = Cluster::start();
    let limits = cluster.store().limits().unwrap();
    let report = conformance::limit_store(limits).await.unwrap_or_else(|violation| panic!("{violation}"));
    assert_eq!(report.passed.len(), conformance::LIMIT_STORE.len());
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn postgres_sweeps_accounts_that_have_recovered_and_shows_them_to_nobody_else() {
    let cluster = Cluster::start();
    let store = cluster.store();
    let limits = store.limits().unwrap();
    let asked = Limits { requests_per_minute: Some(60_000), tokens_per_minute: Some(1), runs: Some(2) };
    let account = |name: &str| LimitAccount::Caller(name.into());
    let place = RunPlace { run: 1, lease: Duration::from_millis(200) };
    for name in ["a", "b", "with\0nul"] {
        limits.take(&account(name), &asked, &place).await.unwrap();
    }
    let all =
        "select (select count(*) from alphora.limit_account), (select count(*) from alphora.limit_place)";
    assert_eq!(cluster.sql("sessions", all), "3|3");
    assert_eq!(cluster.agent_sql(all).unwrap(), "0|0");
    let own = format!("begin; set local alphora.account = '=a'; {all}");
    assert_eq!(cluster.agent_sql(&own).unwrap(), "1|1");
    tokio::time::sleep(Duration::from_millis(400)).await;
    assert_eq!(store.sweep().await.unwrap(), 0, "no session has gone");
    assert_eq!(cluster.sql("sessions", all), "0|0");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn two_servers_count_together_in_postgres() {
    let cluster = Cluster::start();
    let with = |schema: &str, key_limits: Limits| {
        let parameters = format!("schema={schema}");
        let store: Arc<dyn SessionStore> = cluster.store_with(&parameters, StoreLimits::default());
        let config = ServerConfig { key_limits, ..ServerConfig::default() };
        async move { sharing(&store, config).await }
    };
    let none = Limits::default();
    requests_together(&with("a", Limits { requests_per_minute: Some(6), ..none }).await).await;
    tokens_together(&with("b", Limits { tokens_per_minute: Some(100), ..none }).await).await;
    runs_together(&with("c", Limits { runs: Some(3), ..none }).await).await;
}
