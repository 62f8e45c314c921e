//! A server that is stopped, held up, or read-only: every answer comes in time, and it recovers by itself.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use alphora::session::store::{PostgresStore, SessionStore, StoreError, StoreLimits};
use alphora_tests::chaos::{ChaosProxy, Plan};
use tokio::task::JoinSet;

use super::cluster::Cluster;
use super::load::{append, key, lend, replace, turn};

/// More than an operation takes at most.
const IN_TIME: Duration = Duration::from_secs(8);

/// Whether an operation says in time that the store is not available.
async fn is_unavailable<T: std::fmt::Debug>(
    action: &str,
    operation: impl Future<Output = Result<T, StoreError>>,
) -> String {
    let begun = Instant::now();
    let result = operation.await;
    let elapsed = begun.elapsed();
    assert!(elapsed < IN_TIME, "{action}: {elapsed:?}");
    match result {
        Err(StoreError::Unavailable { reason, retry_after }) => {
            assert!(!retry_after.is_zero());
            assert!(!reason.contains("secret"), "{reason}");
            reason
        }
        other => panic!("{action}: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn postgres_is_not_waited_for_when_it_is_stopped() {
    let cluster = Cluster::start();
    let store = cluster.store();
    turn(&*store, &key("a"), &replace("[]")).await;
    let (lease, _) = lend(&*store, &key("a")).await;
    let mut processes = cluster.backends();
    processes.push(cluster.postmaster());
    Cluster::signal("-STOP", &processes);
    // Over the connection that is there, then over new ones.
    let commit = append("late");
    for _ in 0..3 {
        is_unavailable("committed", store.commit(&key("a"), &lease, &commit)).await;
    }
    // More callers than connections.
    let mut readers = JoinSet::new();
    for _ in 0..40 {
        let store = Arc::clone(&store);
        readers.spawn(async move { is_unavailable("read", store.read(&key("a"))).await });
    }
    readers.join_all().await;
    Cluster::signal("-CONT", &processes);
    // What was sent before may have been done meanwhile: it is done once.
    let committed = loop {
        match store.commit(&key("a"), &lease, &commit).await {
            Ok(committed) => break committed,
            Err(StoreError::Unavailable { .. }) => tokio::time::sleep(Duration::from_millis(50)).await,
            Err(error) => panic!("{error}"),
        }
    };
    assert_eq!(committed.version, 2);
    assert_eq!(store.read(&key("a")).await.unwrap().unwrap().record.pieces.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn postgres_is_not_waited_for_when_a_row_is_locked() {
    let cluster = Cluster::start();
    let store = cluster.store_with("pool_size=1", StoreLimits::default());
    turn(&*store, &key("a"), &replace("[]")).await;
    let held = "begin; select from alphora.session for update; select pg_sleep(60)";
    let mut holder =
        cluster.psql("postgres", "sessions", held).stderr(std::process::Stdio::null()).spawn().unwrap();
    // It sleeps when it has the rows.
    let holds = "select exists (select from pg_stat_activity where wait_event = 'PgSleep')";
    while cluster.sql("postgres", holds) != "t" {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let claim = super::load::claim(Duration::from_secs(5));
    let (a, b) = (key("a"), key("b"));
    // One waits for the row, the other for the only connection.
    let (locked, queued) = tokio::join!(
        is_unavailable("began", store.begin(&a, &claim)),
        is_unavailable("began", async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            store.begin(&b, &claim).await
        })
    );
    assert!(locked.contains("55P03"), "{locked}");
    assert!(queued.contains("all connections"), "{queued}");
    cluster.sql(
        "postgres",
        "select pg_terminate_backend(pid) from pg_stat_activity where query like '%pg_sleep(60)'
        and pid <> pg_backend_pid()",
    );
    holder.wait().unwrap();
    lend(&*store, &a).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn postgres_is_unavailable_while_it_is_down_or_read_only() {
    let cluster = Cluster::start();
    let store = cluster.store();
    turn(&*store, &key("a"), &replace("[]")).await;
    cluster.stop_immediately();
    let reason = is_unavailable("checked", store.check()).await;
    assert!(reason.contains("refused"), "{reason}");
    cluster.start_again();
    store.check().await.unwrap();

    cluster.sql("postgres", "alter database sessions set default_transaction_read_only = on");
    // As after a failover, connections end (without an error that anybody would see) and new ones find the other.
    let end = "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'agent'";
    cluster.sql("postgres", end);
    let claim = super::load::claim(Duration::from_secs(5));
    let reason = is_unavailable("began", store.begin(&key("a"), &claim)).await;
    assert!(reason.contains("25006"), "{reason}");
    is_unavailable("checked", store.check()).await;
    cluster.sql("postgres", "alter database sessions reset default_transaction_read_only");
    store.check().await.unwrap();
    lend(&*store, &key("a")).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn postgres_goes_on_when_its_connections_are_ended() {
    let cluster = Cluster::start();
    let store = cluster.store();
    for version in 1..20 {
        assert_eq!(turn(&*store, &key("a"), &replace("[]")).await, version);
        cluster.sql(
            "postgres",
            "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'agent'",
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn postgres_loses_one_call_when_all_connections_fall_silent() {
    let cluster = Cluster::start();
    let server = SocketAddr::from(([127, 0, 0, 1], cluster.port()));
    let proxy = ChaosProxy::always(server, Plan::nothing()).await;
    let url = cluster.url("").replace(&cluster.port().to_string(), &proxy.addr.port().to_string());
    let store = Arc::new(PostgresStore::open(&url, StoreLimits::default()).unwrap());
    turn(&*store, &key("a"), &replace("[]")).await;
    // Many at once, until there are some connections.
    while proxy.connections() < 4 {
        let mut readers = JoinSet::new();
        for _ in 0..40 {
            let store = Arc::clone(&store);
            readers.spawn(async move { store.read(&key("a")).await.unwrap() });
        }
        readers.join_all().await;
    }
    proxy.fall_silent();
    is_unavailable("read", store.read(&key("a"))).await;
    for _ in 0..8 {
        store.read(&key("a")).await.unwrap();
    }
    proxy.fall_silent();
    is_unavailable("checked", store.check()).await;
    store.check().await.unwrap();
}
