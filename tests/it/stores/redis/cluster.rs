//! A cluster: everything of one step is in one place.

use alphora::session::store::conformance;

use super::process::Redis;
use super::*;
use alphora_tests::free_port;

/// How long nodes may take to know each other, or to come back.
const PATIENCE: Duration = Duration::from_secs(60);

/// Nodes of one cluster, each with its share of the slots.
pub(super) async fn start(nodes: u16) -> (Vec<Redis>, String) {
    let mut cluster = Vec::new();
    for _ in 0..nodes {
        let bus = free_port().unwrap().to_string();
        cluster.push(Redis::start(&["--cluster-enabled", "yes", "--cluster-port", &bus]).await);
    }
    for (node, number) in cluster.iter().zip(0..) {
        let share = |number: u16| 16_384_u32 * u32::from(number) / u32::from(nodes);
        let (first, last) = (share(number).to_string(), (share(number + 1) - 1).to_string());
        assert_eq!(node.say(&["CLUSTER", "ADDSLOTSRANGE", &first, &last]), "OK");
        let bus = node.say(&["CONFIG", "GET", "cluster-port"]);
        let bus = bus.lines().nth(1).unwrap().to_owned();
        assert_eq!(cluster[0].say(&["CLUSTER", "MEET", "127.0.0.1", &node.port.to_string(), &bus]), "OK");
    }
    let begun = Instant::now();
    for node in &cluster {
        while !node.say(&["CLUSTER", "INFO"]).contains(&format!("cluster_known_nodes:{nodes}"))
            || !node.say(&["CLUSTER", "INFO"]).contains("cluster_state:ok")
        {
            assert!(begun.elapsed() < PATIENCE, "{}", node.say(&["CLUSTER", "INFO"]));
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    let hosts: Vec<String> = cluster.iter().map(|node| format!("127.0.0.1:{}", node.port)).collect();
    (cluster, format!("redis+cluster://{}", hosts.join(",")))
}

async fn keeps_promises(url: &str) {
    let store = open(url);
    store.check().await.unwrap();
    conformance::session_store(store.clone()).await.unwrap_or_else(|violation| panic!("{violation}"));
    conformance::run_log(store.run_log().unwrap()).await.unwrap_or_else(|violation| panic!("{violation}"));
    conformance::limit_store(store.limits().unwrap()).await.unwrap_or_else(|violation| panic!("{violation}"));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server"]
async fn a_cluster_of_one_keeps_what_stores_promise() {
    let (_cluster, url) = start(1).await;
    keeps_promises(&url).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server"]
async fn a_cluster_of_three_keeps_what_stores_promise() {
    let (cluster, url) = start(3).await;
    keeps_promises(&url).await;
    let store = open(&url);
    for number in 0..60 {
        store_one(&store, &key(&format!("s{number}")), "x").await;
    }
    let sizes: Vec<u32> = cluster.iter().map(|node| node.say(&["DBSIZE"]).parse().unwrap()).collect();
    tell(&format!("keys of each node: {sizes:?}"));
    assert!(sizes.iter().all(|size| *size > 10), "{sizes:?}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server"]
async fn limits_are_kept_in_a_cluster() {
    let (_cluster, url) = start(3).await;
    let installations = std::sync::atomic::AtomicUsize::new(0);
    conformance::keeps_its_limits(|limits| {
        let number = installations.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        Arc::new(RedisStore::open(&format!("{url}?prefix=i{number}"), limits).unwrap())
    })
    .await
    .unwrap_or_else(|violation| panic!("{violation}"));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server"]
async fn one_node_that_is_down_takes_only_its_sessions_along() {
    let (mut cluster, url) = start(3).await;
    for node in &cluster {
        node.say(&["CONFIG", "SET", "cluster-require-full-coverage", "no"]);
    }
    let store = open(&url);
    let keys: Vec<SessionKey> = (0..60).map(|number| key(&format!("s{number}"))).collect();
    for key in &keys {
        store_one(&store, key, "x").await;
    }
    cluster[2].kill();
    let (mut there, mut down) = (0, 0);
    for key in &keys {
        let begun = Instant::now();
        match store.read(key).await {
            Ok(session) => there += u32::from(session.is_some()),
            Err(alphora::session::store::StoreError::Unavailable { .. }) => down += 1,
            Err(other) => panic!("{other}"),
        }
        assert!(begun.elapsed() < BOUND, "{:?}", begun.elapsed());
    }
    tell(&format!("with one of three nodes down: {there} sessions there, {down} not available"));
    assert!(there > 20 && down > 5 && there + down == 60, "{there} {down}");
    cluster[2].restart().await;
    let begun = Instant::now();
    while store.statistics().await.is_err() {
        assert!(begun.elapsed() < PATIENCE);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    tell(&format!("the whole cluster was used again after {:?}", begun.elapsed()));
}
