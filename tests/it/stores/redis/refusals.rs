//! Servers that sessions are not trusted to, and what is said of them.

use super::process::Redis;
use super::*;

/// Why a store cannot be used.
async fn reason(url: &str) -> String {
    let store = open(url);
    let begun = Instant::now();
    let error = store.check().await.unwrap_err();
    assert!(begun.elapsed() < BOUND, "{:?}", begun.elapsed());
    let words = format!("{error} {error:?} {store:?}");
    assert!(!words.contains("secret"), "{words}");
    let StoreError::Unavailable { reason, retry_after } = error else { panic!("{error:?}") };
    assert!(retry_after >= Duration::from_secs(1));
    reason
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_policy_that_drops_any_key_is_refused() {
    let redis = Redis::start(&["--maxmemory", "100mb"]).await;
    for (policy, is_refused) in [
        ("noeviction", false),
        ("volatile-ttl", false),
        ("volatile-lru", false),
        ("allkeys-lru", true),
        ("allkeys-lfu", true),
        ("allkeys-random", true),
    ] {
        redis.say(&["CONFIG", "SET", "maxmemory-policy", policy]);
        if is_refused {
            let reason = reason(&redis.url()).await;
            assert!(reason.contains(policy) && reason.contains("noeviction"), "{reason}");
        } else {
            open(&redis.url()).check().await.unwrap();
        }
    }
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn credentials_are_asked_for_and_never_told() {
    let redis = Redis::start(&["--requirepass", "secret"]).await;
    let at = |credentials: &str| format!("redis://{credentials}127.0.0.1:{}", redis.port);
    open(&at(":secret@")).check().await.unwrap();
    let none = reason(&at("")).await;
    assert!(none.contains("asks for a password"), "{none}");
    for wrong in [":secret2@", "secret-user:secret@"] {
        let wrong = reason(&at(wrong)).await;
        assert!(wrong.contains("does not accept"), "{wrong}");
    }
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_service_that_hides_its_settings_is_used() {
    let redis = Redis::start(&[]).await;
    redis.say(&["ACL", "SETUSER", "app", "on", ">secret", "~*", "+@all", "-config", "-info", "-@dangerous"]);
    let url = format!("redis://app:secret@127.0.0.1:{}", redis.port);
    let store = open(&url);
    store.check().await.unwrap();
    store_one(&store, &key("a"), "x").await;
    store.sweep().await.unwrap();
    // One who may not run scripts cannot be used.
    redis.say(&["ACL", "SETUSER", "app", "-@scripting"]);
    let forbidden = reason(&url).await;
    assert!(forbidden.contains("may not run a command"), "{forbidden}");
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_lock_that_cannot_be_given_back_takes_nothing_from_a_sweep() {
    let redis = Redis::start(&[]).await;
    let plain = open(&redis.url());
    for id in ["a", "b", "c"] {
        store_one(&plain, &key(id), "x").await;
    }
    // The lock may be taken by this one, and not be read.
    let rights = ["~*[^g]", "%W~*sweeping", "+@all"];
    redis.say(&[&["ACL", "SETUSER", "app", "on", ">secret"][..], &rights].concat());
    let url = format!("redis://app:secret@127.0.0.1:{}", redis.port);
    let limits = StoreLimits { sessions: Some(1), ..StoreLimits::default() };
    let store = RedisStore::open(&url, limits).unwrap();
    assert_eq!(store.sweep().await, Ok(2));
    assert_eq!(redis.say(&["EXISTS", "{alphora:0}:sweeping"]), "1");
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn replicas_and_newer_formats_are_refused() {
    let primary = Redis::start(&[]).await;
    let replica = Redis::start(&["--replicaof", "127.0.0.1", &primary.port.to_string()]).await;
    // Until then it may be loading what the primary has, and says that instead.
    replica.until("master_link_status:up", &["INFO", "replication"]).await;
    let reason_of_replica = reason(&replica.url()).await;
    assert!(reason_of_replica.contains("replica"), "{reason_of_replica}");
    primary.say(&["SET", "{alphora:0}:format", "2"]);
    let newer = reason(&primary.url()).await;
    assert!(newer.contains("format 2"), "{newer}");
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn nobody_listens() {
    let words = reason(&format!("redis://:secret@127.0.0.1:{}", alphora_tests::free_port().unwrap())).await;
    assert!(words.contains("refused"), "{words}");
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_socket_is_as_good() {
    // The server is in its folder, so that it finds the socket there.
    let redis = Redis::start(&["--unixsocket", "redis.sock"]).await;
    let socket = redis.folder().join("redis.sock");
    let store = open(&format!("redis+unix://{}?db=1", socket.display()));
    store.check().await.unwrap();
    store_one(&store, &key("a"), "x").await;
    assert!(store.read(&key("a")).await.unwrap().is_some());
}
