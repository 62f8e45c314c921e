//! What every store promises.

use std::sync::Arc;
use std::time::Duration;

use alphora::session::store::{PostgresStore, RunLog, SessionStore, StoreLimits, conformance};

use super::bouncer::Bouncer;
use super::cluster::Cluster;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn postgres_keeps_the_promises_of_a_session_store() {
    let cluster = Cluster::start();
    let report = conformance::session_store(cluster.store()).await;
    let report = report.unwrap_or_else(|violation| panic!("{violation}"));
    assert_eq!(report.passed.len(), conformance::SESSION_STORE.len());
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL and PgBouncer"]
async fn postgres_keeps_them_behind_a_pgbouncer() {
    let cluster = Cluster::start();
    let bouncer = Bouncer::start(&cluster);
    let store = Arc::new(PostgresStore::open(&bouncer.url(), StoreLimits::default()).unwrap());
    let log = store.run_log().expect("it has a log");
    conformance::run_log(log).await.unwrap_or_else(|violation| panic!("{violation}"));
    conformance::session_store(store).await.unwrap_or_else(|violation| panic!("{violation}"));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn postgres_keeps_the_promises_of_a_run_log() {
    let cluster = Cluster::start();
    let log: Arc<dyn RunLog> = cluster.store().run_log().expect("it has a log");
    conformance::run_log(log).await.unwrap_or_else(|violation| panic!("{violation}"));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn postgres_keeps_its_limits() {
    let cluster = Cluster::start();
    let number = std::sync::atomic::AtomicU32::new(0);
    let open = |limits| -> Arc<dyn SessionStore> {
        let number = number.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        cluster.store_with(&format!("schema=limits_{number}"), limits)
    };
    conformance::keeps_its_limits(open).await.unwrap_or_else(|violation| panic!("{violation}"));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn postgres_survives_reopening() {
    let cluster = Cluster::start();
    let report = conformance::survives_reopening(|| cluster.store()).await;
    report.unwrap_or_else(|violation| panic!("{violation}"));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn postgres_says_how_long_it_takes() {
    let cluster = Cluster::start();
    let store = cluster.store();
    store.check().await.unwrap();
    store.statistics().await.unwrap();
    let latencies = store.latency();
    let names: Vec<_> = latencies.iter().map(|latency| latency.operation.name()).collect();
    assert_eq!(names, ["statistics", "check"]);
    let is_plausible = |duration: Duration| duration > Duration::ZERO && duration < Duration::from_secs(30);
    assert!(latencies.iter().all(|latency| latency.count == 1 && is_plausible(latency.max)), "{latencies:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs PostgreSQL"]
async fn postgres_has_one_of_many_with_one_key_run() {
    let cluster = Cluster::start();
    crate::idempotency::of_many_at_servers_of(|| cluster.store()).await;
}
