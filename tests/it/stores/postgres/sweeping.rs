//! Sweeps of what one statement does not remove in the time that it has.

use std::sync::Arc;
use std::time::Duration;

use alphora::Limits;
use alphora::session::store::{LimitAccount, PostgresStore, RunPlace, SessionStore, StoreError, StoreLimits};

use super::cluster::Cluster;
use super::load::{key, replace, turn};

/// A server where removing a session takes so long, with so many that have expired, and a store whose statements have
/// one second.
async fn heavy(sessions: u32, seconds: f64) -> (Cluster, Arc<PostgresStore>) {
    let cluster = Cluster::start();
    let patient = cluster.store();
    for number in 0..sessions {
        turn(&*patient, &key(&number.to_string()), &replace("[]")).await;
    }
    let store = cluster.store_with("options=-c%20statement_timeout%3D1s", StoreLimits::default());
    cluster.sql(
        "sessions",
        &format!(
            "update alphora.session set expires = 1;
            create function alphora.hold() returns trigger language plpgsql as
                $$ begin perform pg_sleep({seconds}); return old; end $$;
            create trigger hold before delete on alphora.session for each row execute function alphora.hold()"
        ),
    );
    (cluster, store)
}

fn sessions(cluster: &Cluster) -> String {
    cluster.sql("sessions", "select count(*) from alphora.session")
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn postgres_sweeps_less_at_once_where_it_takes_long() {
    let (cluster, store) = heavy(12, 0.15).await;
    let mut last = Ok(0);
    for _ in 0..10 {
        if sessions(&cluster) != "0" {
            last = store.sweep().await;
        }
    }
    assert_eq!(sessions(&cluster), "0", "{last:?}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn postgres_sweeps_the_rest_where_one_part_fails() {
    let (cluster, store) = heavy(1, 60.0).await;
    let account = LimitAccount::Caller("a".into());
    let asked = Limits { requests_per_minute: Some(60_000), ..Limits::default() };
    let place = RunPlace { run: 1, lease: Duration::from_millis(1) };
    store.limits().unwrap().take(&account, &asked, &place).await.unwrap();
    cluster.sql("sessions", "update alphora.limit_account set recovered = 1");
    let swept = store.sweep().await;
    let Err(StoreError::Unavailable { reason, .. }) = swept else { panic!("{swept:?}") };
    assert!(reason.contains("57014"), "{reason}");
    assert_eq!(cluster.sql("sessions", "select count(*) from alphora.limit_account"), "0");
    assert_eq!(sessions(&cluster), "1");
    // As soon as it can be removed it is.
    cluster.sql("sessions", "drop trigger hold on alphora.session");
    assert_eq!(store.sweep().await.unwrap(), 1);
}
