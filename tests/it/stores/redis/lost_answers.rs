//! Commands that were done and whose answers were lost with their connections, so that they are sent again.

use alphora::Memory;
use alphora::session::store::Committed;
use alphora::session::{MemoryPool, SessionError};
use serde::{Deserialize, Serialize};

use super::super::lossy::LossyWay;
use super::process::Redis;
use super::*;

/// More turns than a session remembers.
const MANY: usize = 6;

/// A server, a store that reaches it directly, and one whose answers may be lost, which has used it already.
struct Lossy {
    redis: Redis,
    direct: Arc<RedisStore>,
    way: LossyWay,
    store: Arc<RedisStore>,
}

impl Lossy {
    async fn start() -> Self {
        let redis = Redis::start(&[]).await;
        let way = LossyWay::to(redis.port).await;
        let direct = open(&redis.url());
        let store = open(&format!("redis://127.0.0.1:{}", way.port));
        store_one(&store, &key("a"), "[]").await;
        Self { redis, direct, way, store }
    }

    /// Does `asking`, whose first answer is lost, and `meanwhile` before it is sent again.
    async fn lose<T>(&self, asking: impl Future<Output = T>, meanwhile: impl Future<Output = ()>) -> T {
        self.way.lose_next_answer();
        let meanwhile = async {
            self.way.lost().await;
            meanwhile.await;
            self.way.open();
        };
        tokio::join!(asking, meanwhile).0
    }

    /// So many turns of others.
    async fn others(&self, turns: usize) {
        for number in 0..turns {
            let lease = lend(&self.direct, &key("a")).await;
            self.direct.commit(&key("a"), &lease, &append(&format!("other {number}"))).await.unwrap();
        }
    }

    async fn pieces(&self) -> Vec<String> {
        let pieces = self.direct.read(&key("a")).await.unwrap().unwrap().record.pieces;
        pieces.iter().map(|piece| String::from_utf8(piece.to_vec()).unwrap()).collect()
    }
}

fn is_in_doubt(committed: &Result<Committed, StoreError>) -> bool {
    matches!(committed, Err(StoreError::Unavailable { .. }))
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server"]
async fn a_commit_that_nobody_remembers_is_in_doubt() {
    let lossy = Lossy::start().await;
    let lease = lend(&lossy.store, &key("a")).await;
    let commit = append("own");
    let committed = lossy.lose(lossy.store.commit(&key("a"), &lease, &commit), lossy.others(MANY)).await;
    assert!(is_in_doubt(&committed), "{committed:?}");
    // It was made. Who asks once more, without a doubt of this question's own, is told what the server says.
    assert_eq!(lossy.pieces().await[0], "own");
    assert_eq!(lossy.store.commit(&key("a"), &lease, &commit).await, Err(StoreError::Fenced));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server"]
async fn so_is_one_whose_script_was_forgotten_as_well() {
    let lossy = Lossy::start().await;
    let lease = lend(&lossy.store, &key("a")).await;
    let meanwhile = async {
        lossy.others(MANY).await;
        assert_eq!(lossy.redis.say(&["SCRIPT", "FLUSH"]), "OK");
    };
    let commit = append("own");
    let committed = lossy.lose(lossy.store.commit(&key("a"), &lease, &commit), meanwhile).await;
    assert!(is_in_doubt(&committed), "{committed:?}");
    assert_eq!(lossy.pieces().await[0], "own");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server"]
async fn so_is_one_whose_session_was_removed() {
    let lossy = Lossy::start().await;
    let lease = lend(&lossy.store, &key("a")).await;
    let commit = append("own");
    let meanwhile = async { assert!(lossy.direct.delete(&key("a")).await.unwrap()) };
    let committed = lossy.lose(lossy.store.commit(&key("a"), &lease, &commit), meanwhile).await;
    assert!(is_in_doubt(&committed), "{committed:?}");
    assert_eq!(lossy.store.commit(&key("a"), &lease, &commit).await, Err(StoreError::Removed));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server"]
async fn a_commit_that_is_remembered_is_not_made_twice() {
    let lossy = Lossy::start().await;
    let lease = lend(&lossy.store, &key("a")).await;
    let commit = append("own");
    let committed = lossy.lose(lossy.store.commit(&key("a"), &lease, &commit), lossy.others(2)).await;
    assert_eq!(committed, Ok(Committed { version: 2, replayed: true }));
    assert_eq!(lossy.pieces().await, ["own", "other 0", "other 1"]);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server"]
async fn a_turn_is_not_in_its_own_way() {
    let lossy = Lossy::start().await;
    let claim = claim(Duration::from_secs(15));
    let begun = lossy.lose(lossy.store.begin(&key("a"), &claim), async {}).await.unwrap();
    let Begun::Granted { lease, .. } = begun else { panic!("{begun:?}") };
    lossy.store.commit(&key("a"), &lease, &append("own")).await.unwrap();
    assert_eq!(lossy.pieces().await, ["own"]);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server"]
async fn a_cluster_has_the_same_doubts() {
    let (cluster, url) = super::cluster::start(1).await;
    let redis = &cluster[0];
    let direct = open(&url);
    let way = LossyWay::to(redis.port).await;
    // Where clients are sent, those that are connected already do not ask again.
    direct.check().await.unwrap();
    assert_eq!(redis.say(&["CONFIG", "SET", "cluster-announce-port", &way.port.to_string()]), "OK");
    let store = open(&format!("redis+cluster://127.0.0.1:{}", way.port));
    store_one(&store, &key("a"), "[]").await;
    let lease = lend(&store, &key("a")).await;
    let commit = append("own");
    way.lose_next_answer();
    let meanwhile = async {
        way.lost().await;
        for number in 0..MANY {
            let lease = lend(&direct, &key("a")).await;
            direct.commit(&key("a"), &lease, &append(&format!("other {number}"))).await.unwrap();
        }
        way.open();
    };
    let session = key("a");
    let (committed, ()) = tokio::join!(store.commit(&session, &lease, &commit), meanwhile);
    assert!(is_in_doubt(&committed), "{committed:?}");
    let stored = direct.read(&key("a")).await.unwrap().unwrap();
    assert_eq!(&stored.record.pieces[0][..], b"own");
    assert_eq!(store.commit(&key("a"), &lease, &commit).await, Err(StoreError::Fenced));
}

#[derive(Clone, Default, Serialize, Deserialize)]
struct Notes(Vec<String>);
impl Memory for Notes {}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server"]
async fn a_pool_tells_what_it_does_not_know_from_what_was_refused() {
    let lossy = Lossy::start().await;
    let pool = MemoryPool::new(TTL, 10).with_store(lossy.store.clone());
    let key = || SessionKey::try_from("b").unwrap();
    let others = || async {
        for _ in 0..MANY {
            store_one(&lossy.direct, &key(), "[]").await;
        }
    };

    let turn = pool.get_or_create::<Notes>(key()).await.unwrap();
    let told = lossy.lose(turn.commit(Notes(vec!["own".to_owned()])), others()).await;
    assert!(matches!(told, Err(SessionError::Unsettled { .. })), "{told:?}");

    lossy.direct.delete(&key()).await.unwrap();
    let turn = pool.get_or_create::<Notes>(key()).await.unwrap();
    lossy.direct.delete(&key()).await.unwrap();
    others().await;
    let told = turn.commit(Notes(vec!["own".to_owned()])).await;
    assert!(matches!(told, Err(SessionError::Conflict)), "{told:?}");
}
