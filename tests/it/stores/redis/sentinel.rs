//! Sentinels: the store follows the primary that they name.

use super::process::Redis;
use super::*;

/// A sentinel whose own clock was late, on a machine that is busy, does nothing for the next 30 s.
const PATIENCE: Duration = Duration::from_secs(90);

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server"]
async fn the_store_follows_the_primary() {
    let mut primary = Redis::start(&[]).await;
    let replica = Redis::start(&["--replicaof", "127.0.0.1", &primary.port.to_string()]).await;
    let sentinel = Redis::sentinel(primary.port).await;
    primary.until("state=online", &["INFO", "replication"]).await;
    sentinel.until(&replica.port.to_string(), &["SENTINEL", "replicas", "main"]).await;
    // The first sentinel is not there: the next one is asked.
    let url = format!("redis+sentinel://127.0.0.1:1,127.0.0.1:{}/main/0", sentinel.port);
    let store = open(&url);
    store.check().await.unwrap();
    store_one(&store, &key("before"), "before").await;
    let held = lend(&store, &key("before")).await;
    assert_eq!(primary.say(&["WAIT", "1", "1000"]), "1");

    primary.kill();
    let begun = Instant::now();
    let mut failures = 0;
    loop {
        match store.read(&key("before")).await {
            // The replica answers as soon as it is the primary.
            Ok(session) => break assert_eq!(&session.unwrap().record.snapshot[..], b"before"),
            Err(StoreError::Unavailable { .. }) => failures += 1,
            Err(other) => panic!("{other}"),
        }
        assert!(begun.elapsed() < PATIENCE, "{}", sentinel.say(&["SENTINEL", "master", "main"]));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    tell(&format!("followed the primary after {:?} and {failures} refusals", begun.elapsed()));
    // The lease has moved as well.
    let committed = store.commit(&key("before"), &held, &append("after")).await.unwrap();
    assert_eq!((committed.version, committed.replayed), (2, false));

    let wrong = open(&url.replace("/main/", "/another/"));
    let error = wrong.check().await.unwrap_err();
    assert!(error.to_string().contains("sentinel"), "{error}");
}
