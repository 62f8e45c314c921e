//! Schemas that are not there, made by several at once, of the future, or dropped.

use std::fs::File;
use std::process::Stdio;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use alphora::session::store::{SessionStore, StoreError, StoreLimits};
use tokio::task::JoinSet;

use super::cluster::Cluster;
use super::load::{claim, key, replace, turn};

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn postgres_is_migrated_once_by_eight_at_once() {
    let cluster = Cluster::start();
    let mut handles = JoinSet::new();
    for _ in 0..8 {
        let store = cluster.store();
        handles.spawn(async move { store.check().await });
    }
    while let Some(checked) = handles.join_next().await {
        checked.unwrap().unwrap();
    }
    let numbers = "select string_agg(number::text, ',' order by number) from alphora.migration";
    assert_eq!(cluster.sql("sessions", numbers), "1,2,3,4,5,6");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn postgres_leaves_a_call_its_time_after_a_long_migration() {
    let cluster = Cluster::start();
    // Longer than a call may take.
    let hold = "select pg_advisory_lock(hashtext('alphora migration'), hashtext('\"alphora\"')), pg_sleep(7)";
    let mut holding = cluster.psql("postgres", "sessions", hold).stdout(Stdio::null()).spawn().unwrap();
    let held = "select count(*) from pg_locks where locktype = 'advisory' and granted";
    while cluster.sql("sessions", held) != "1" {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let begun = Instant::now();
    assert_eq!(turn(&*cluster.store(), &key("a"), &replace("[]")).await, 1);
    assert!(begun.elapsed() > Duration::from_secs(5), "{:?}", begun.elapsed());
    assert!(holding.wait().unwrap().success());
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn postgres_refuses_a_newer_schema_and_leaves_it() {
    let cluster = Cluster::start();
    turn(&*cluster.store(), &key("a"), &replace("[]")).await;
    cluster.sql("sessions", "insert into alphora.migration (number) values (99)");
    let later = cluster.store();
    let Err(StoreError::Unavailable { reason, .. }) = later.check().await else { panic!("it was taken") };
    assert!(reason.contains("99") && reason.contains("a later one"), "{reason}");
    let begun = later.begin(&key("a"), &claim(Duration::from_secs(1))).await;
    assert!(matches!(begun, Err(StoreError::Unavailable { .. })), "{begun:?}");
    assert_eq!(cluster.sql("sessions", "select fence = stamp, turn is null from alphora.session"), "t|t");
}

// On one thread, whose log is read.
#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn postgres_goes_on_while_a_later_program_brings_the_schema_further() {
    let cluster = Cluster::start();
    let path = cluster.folder().join("store.log");
    let file = Mutex::new(File::create(&path).unwrap());
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(file).finish();
    let _logged = tracing::subscriber::set_default(subscriber);
    let store = cluster.store();
    turn(&*store, &key("a"), &replace("[]")).await;
    cluster.sql("sessions", "insert into alphora.migration (number) values (99)");
    for version in 2..5 {
        store.check().await.unwrap();
        assert_eq!(turn(&*store, &key("a"), &replace("[]")).await, version);
    }
    let log = std::fs::read_to_string(&path).unwrap();
    assert_eq!(log.matches("further than this one knows").count(), 1, "{log}");
    let started = cluster.store().check().await;
    assert!(matches!(started, Err(StoreError::Unavailable { .. })), "{started:?}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn postgres_is_not_used_when_a_later_program_has_removed_what_is_called() {
    let cluster = Cluster::start();
    let store = cluster.store();
    turn(&*store, &key("a"), &replace("[]")).await;
    cluster.sql(
        "sessions",
        "insert into alphora.migration (number) values (99); drop function alphora.read_session",
    );
    let read = store.read(&key("a")).await;
    let Err(StoreError::Unavailable { reason, .. }) = read else { panic!("{read:?}") };
    assert!(reason.contains("99") && reason.contains("a later one"), "{reason}");
    let checked = store.check().await;
    assert!(matches!(checked, Err(StoreError::Unavailable { .. })), "{checked:?}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn postgres_makes_a_dropped_schema_anew() {
    let cluster = Cluster::start();
    let store = cluster.store();
    turn(&*store, &key("a"), &replace("[]")).await;
    cluster.sql("sessions", "drop schema alphora cascade");
    assert_eq!(turn(&*store, &key("a"), &replace("[]")).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn postgres_keeps_schemas_apart() {
    let cluster = Cluster::start();
    let other = cluster.store_with("schema=other", StoreLimits::default());
    turn(&*other, &key("a"), &replace("[]")).await;
    assert_eq!(cluster.store().read(&key("a")).await.unwrap(), None);
    assert!(other.read(&key("a")).await.unwrap().is_some());
}
