//! The published checks, against one server.

use std::sync::atomic::{AtomicUsize, Ordering};

use alphora::session::store::conformance;

use super::process::Redis;
use super::*;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server"]
async fn one_server_keeps_what_stores_promise() {
    let redis = Redis::start(&[]).await;
    let store = open(&redis.url());
    store.check().await.unwrap();
    let report =
        conformance::session_store(store.clone()).await.unwrap_or_else(|violation| panic!("{violation}"));
    assert_eq!(report.passed.len(), conformance::SESSION_STORE.len());
    let log = store.run_log().unwrap();
    let logs = conformance::run_log(log).await.unwrap_or_else(|violation| panic!("{violation}"));
    assert_eq!(logs.passed.len(), conformance::RUN_LOG.len());
    tell(&format!("{} and {} promises are kept", report.passed.len(), logs.passed.len()));
    for latency in store.latency() {
        assert!(latency.max >= latency.sum / u32::try_from(latency.count).unwrap(), "{latency:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server"]
async fn limits_are_kept() {
    let redis = Redis::start(&[]).await;
    let installations = AtomicUsize::new(0);
    conformance::keeps_its_limits(|limits| {
        let url = format!("{}?prefix=i{}", redis.url(), installations.fetch_add(1, Ordering::Relaxed));
        Arc::new(RedisStore::open(&url, limits).unwrap())
    })
    .await
    .unwrap_or_else(|violation| panic!("{violation}"));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server"]
async fn what_was_committed_is_there_for_the_next_handle() {
    let redis = Redis::start(&[]).await;
    conformance::survives_reopening(|| open(&redis.url()))
        .await
        .unwrap_or_else(|violation| panic!("{violation}"));
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn prefixes_do_not_see_each_other() {
    let redis = Redis::start(&[]).await;
    let (one, two) =
        (open(&format!("{}?prefix=one", redis.url())), open(&format!("{}?prefix=two", redis.url())));
    store_one(&one, &key("a"), "one's").await;
    assert!(two.read(&key("a")).await.unwrap().is_none());
    assert_eq!(two.statistics().await.unwrap().sessions, 0);
    assert_eq!(one.statistics().await.unwrap().sessions, 1);
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn the_server_drops_all_of_a_session_by_itself() {
    let redis = Redis::start(&[]).await;
    let store = open(&redis.url());
    let ttl = Duration::from_millis(200);
    let lease = lend(&store, &key("a")).await;
    // Looked at while its lease lasts: who asks may take longer than the session lives afterwards.
    assert_eq!(redis.say(&["KEYS", "*:s:*"]).lines().count(), 1);
    store.commit(&key("a"), &lease, &Commit { ttl, ..replace("x") }).await.unwrap();
    // Nobody sweeps, and nobody asks.
    tokio::time::sleep(ttl * 3).await;
    assert_eq!(redis.say(&["KEYS", "*:s:*"]), "");
    assert_eq!(store.sweep().await.unwrap(), 1);
    // What is left are the counters alone.
    let left = redis.say(&["KEYS", "*"]);
    assert!(left.lines().all(|key| key.ends_with(":counters")), "{left}");
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn long_lists_come_in_pages() {
    let redis = Redis::start(&[]).await;
    let store = open(&redis.url());
    for number in 0..500 {
        store_one(&store, &key(&format!("s{number:04}")), "x").await;
    }
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let request = alphora::session::store::PageRequest { after: after.clone(), limit: 50 };
        let page = store.list("Support", &Owner::anonymous(), &request).await.unwrap();
        found.extend(page.sessions.iter().map(|summary| summary.id.to_string()));
        after = page.sessions.last().map(|summary| summary.id.clone());
        if !page.more {
            break;
        }
    }
    let expected: Vec<String> = (0..500).map(|number| format!("s{number:04}")).collect();
    assert_eq!(found, expected);
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_torn_session_is_said_to_be_one_and_left_as_it_is() {
    let redis = Redis::start(&[]).await;
    let store = open(&redis.url());
    store_one(&store, &key("a"), "snapshot").await;
    let lease = lend(&store, &key("a")).await;
    store.commit(&key("a"), &lease, &append("piece")).await.unwrap();
    let name = redis.say(&["KEYS", "*:s:*"]);
    for tear in [&["HDEL", &name, "p1"][..], &["HSET", &name, "p1", "more"], &["HSET", &name, "head", "1 2"]]
    {
        redis.say(tear);
        let before = redis.say(&["HGETALL", &name]);
        let begun = store.begin(&key("a"), &claim(TTL)).await.unwrap_err();
        let read = store.read(&key("a")).await.unwrap_err();
        for error in [begun, read] {
            assert!(matches!(error, alphora::session::store::StoreError::Corrupt { .. }), "{error:?}");
        }
        assert_eq!(redis.say(&["HGETALL", &name]), before);
    }
    // What is of another kind altogether.
    redis.say(&["DEL", &name]);
    redis.say(&["SET", &name, "x"]);
    let begun = store.begin(&key("a"), &claim(TTL)).await.unwrap_err();
    assert!(matches!(begun, alphora::session::store::StoreError::Corrupt { .. }), "{begun:?}");
    // To delete it is the way out.
    assert!(store.delete(&key("a")).await.unwrap());
    store_one(&store, &key("a"), "anew").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs redis-server"]
async fn of_many_with_one_key_at_several_servers_one_runs() {
    let redis = Redis::start(&[]).await;
    crate::idempotency::of_many_at_servers_of(|| open(&redis.url())).await;
}
