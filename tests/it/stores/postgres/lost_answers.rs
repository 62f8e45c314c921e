//! Calls that were done and whose answers were lost with their connections, so that they are made again.

use std::sync::Arc;
use std::time::Duration;

use alphora::session::store::{Begun, Committed, PostgresStore, SessionStore, StoreError, StoreLimits};

use super::super::lossy::LossyWay;
use super::cluster::Cluster;
use super::load::{append, claim, key, lend, replace, turn};

/// More turns than a session remembers.
const MANY: usize = 10;

/// A server, a store that reaches it directly, and one whose answers may be lost, which has used it already.
struct Lossy {
    _cluster: Cluster,
    direct: Arc<PostgresStore>,
    way: LossyWay,
    store: Arc<PostgresStore>,
}

impl Lossy {
    async fn start() -> Self {
        let cluster = Cluster::start();
        let way = LossyWay::to(cluster.port()).await;
        let direct = cluster.store();
        let url = cluster.url("pool_size=1").replace(&cluster.port().to_string(), &way.port.to_string());
        let store = Arc::new(PostgresStore::open(&url, StoreLimits::default()).unwrap());
        // Afterwards its statements are prepared: each call is one question and one answer.
        turn(&*store, &key("a"), &replace("[]")).await;
        Self { _cluster: cluster, direct, way, store }
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
            turn(&*self.direct, &key("a"), &append(&format!("other {number}"))).await;
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
#[ignore = "needs PostgreSQL"]
async fn postgres_doubts_a_commit_that_it_does_not_remember() {
    let lossy = Lossy::start().await;
    let (lease, _) = lend(&*lossy.store, &key("a")).await;
    let commit = append("own");
    let committed = lossy.lose(lossy.store.commit(&key("a"), &lease, &commit), lossy.others(MANY)).await;
    assert!(is_in_doubt(&committed), "{committed:?}");
    // It was made. Who asks once more, without a doubt of this question's own, is told what the database says.
    assert_eq!(lossy.pieces().await[0], "own");
    assert_eq!(lossy.store.commit(&key("a"), &lease, &commit).await, Err(StoreError::Fenced));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn postgres_doubts_one_whose_session_was_removed() {
    let lossy = Lossy::start().await;
    let (lease, _) = lend(&*lossy.store, &key("a")).await;
    let commit = append("own");
    let meanwhile = async { assert!(lossy.direct.delete(&key("a")).await.unwrap()) };
    let committed = lossy.lose(lossy.store.commit(&key("a"), &lease, &commit), meanwhile).await;
    assert!(is_in_doubt(&committed), "{committed:?}");
    assert_eq!(lossy.store.commit(&key("a"), &lease, &commit).await, Err(StoreError::Removed));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn postgres_makes_a_commit_once_that_it_remembers() {
    let lossy = Lossy::start().await;
    let (lease, _) = lend(&*lossy.store, &key("a")).await;
    let commit = append("own");
    let committed = lossy.lose(lossy.store.commit(&key("a"), &lease, &commit), lossy.others(2)).await;
    assert_eq!(committed, Ok(Committed { version: 2, replayed: true }));
    assert_eq!(lossy.pieces().await, ["own", "other 0", "other 1"]);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn postgres_does_not_put_a_turn_in_its_own_way() {
    let lossy = Lossy::start().await;
    let claim = claim(Duration::from_secs(15));
    let begun = lossy.lose(lossy.store.begin(&key("a"), &claim), async {}).await.unwrap();
    let Begun::Granted { lease, .. } = begun else { panic!("{begun:?}") };
    lossy.store.commit(&key("a"), &lease, &append("own")).await.unwrap();
    assert_eq!(lossy.pieces().await, ["own"]);
}
