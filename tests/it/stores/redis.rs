//! Redis as a session store: what is promised, when it is down, killed, stopped, full, one of many, or another than
//! it was.
//!
//! These need redis-server and redis-cli: `cargo test -p alphora-tests --features redis --test it -- --ignored redis`.

mod cluster;
mod failing;
mod limits;
mod load;
mod lost_answers;
mod process;
mod promises;
mod refusals;
mod sentinel;
mod speed;

use std::sync::Arc;
use std::time::{Duration, Instant};

use alphora::session::store::{
    Begun, Change, Claim, Commit, RedisStore, SessionStore, StoreError, StoreFuture, StoreLease, StoreLimits,
};
use alphora::session::{Owner, SessionId, SessionKey};

const TTL: Duration = Duration::from_secs(600);

/// In which every answer is there: what the store says, 2 s, and as much again for a machine that is busy.
const BOUND: Duration = Duration::from_secs(4);

fn open(url: &str) -> Arc<RedisStore> {
    Arc::new(RedisStore::open(url, StoreLimits::default()).unwrap())
}

fn random() -> u128 {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).unwrap();
    u128::from_le_bytes(bytes)
}

fn key(id: &str) -> SessionKey {
    SessionKey::new("Support", Owner::anonymous(), SessionId::parse(id).unwrap())
}

fn claim(lease: Duration) -> Claim {
    Claim { turn: random(), lease, ttl: TTL, known: None, named: true }
}

fn replace(text: &str) -> Commit {
    Commit { change: Change::Replace { format: 1, snapshot: text.to_owned().into() }, ttl: TTL }
}

fn append(text: &str) -> Commit {
    Commit { change: Change::Append { piece: text.to_owned().into() }, ttl: TTL }
}

/// The lease of a session that nobody else wants.
async fn lend(store: &RedisStore, key: &SessionKey) -> StoreLease {
    match store.begin(key, &claim(Duration::from_secs(15))).await.unwrap() {
        Begun::Granted { lease, .. } => lease,
        other => panic!("{other:?}"),
    }
}

/// Stores a session of one commit.
async fn store_one(store: &RedisStore, key: &SessionKey, text: &str) {
    let lease = lend(store, key).await;
    store.commit(key, &lease, &replace(text)).await.unwrap();
}

/// An answer of a server that may be too busy with its disk for one.
async fn patient<'a, T>(ask: impl Fn() -> StoreFuture<'a, T>) -> T {
    let begun = Instant::now();
    loop {
        match ask().await {
            Err(StoreError::Unavailable { .. }) if begun.elapsed() < TTL => {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            answer => return answer.unwrap(),
        }
    }
}

fn tell(figure: &str) {
    use std::io::Write as _;
    // Shown with `--nocapture`, where the harness does not hide it.
    let _ = writeln!(std::io::stderr(), "{figure}");
}
