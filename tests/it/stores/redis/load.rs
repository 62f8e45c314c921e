//! Turns under load: of one session after another, and of several processes that want the same one.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use alphora::session::store::Content;
use tokio::task::JoinSet;

use super::process::Redis;
use super::*;

/// What a client was told.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// The pieces whose commit was acknowledged, in their order.
    pub(super) acknowledged: Vec<String>,
    /// How often the store was not available.
    pub(super) refusals: usize,
    /// The slowest answer.
    pub(super) slowest: Duration,
}

/// Appends to one session until it is told to end, and commits again whatever was not answered. `turns` counts what
/// was acknowledged.
pub(super) async fn one_session(
    store: Arc<RedisStore>,
    key: SessionKey,
    turns: Arc<AtomicUsize>,
    until: Arc<AtomicBool>,
) -> (SessionKey, Told) {
    let mut told = Told::default();
    let mut number = 0;
    while !until.load(Ordering::Relaxed) {
        let claim = claim(Duration::from_millis(500));
        let asked = Instant::now();
        let begun = store.begin(&key, &claim).await;
        told.slowest = told.slowest.max(asked.elapsed());
        let lease = match begun {
            Ok(Begun::Granted { lease, .. }) => lease,
            Ok(Begun::Busy { remaining }) => {
                tokio::time::sleep(remaining.min(Duration::from_millis(20))).await;
                continue;
            }
            Ok(other @ Begun::Replayed { .. }) => panic!("{other:?}"),
            Err(StoreError::Unavailable { .. }) => {
                told.refusals += 1;
                tokio::time::sleep(Duration::from_millis(20)).await;
                continue;
            }
            Err(other) => panic!("{key}: {other}"),
        };
        number += 1;
        let piece = format!("piece {number}");
        let commit = if lease.version == 0 { replace("snapshot") } else { append(&piece) };
        loop {
            let asked = Instant::now();
            let committed = store.commit(&key, &lease, &commit).await;
            told.slowest = told.slowest.max(asked.elapsed());
            match committed {
                Ok(_) => {
                    if lease.version > 0 {
                        turns.fetch_add(1, Ordering::Relaxed);
                        told.acknowledged.push(piece);
                    }
                    break;
                }
                // Nobody knows: the same again.
                Err(StoreError::Unavailable { .. }) => {
                    told.refusals += 1;
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                // The lease has not outlived the server's absence.
                Err(StoreError::Fenced | StoreError::Removed) => break,
                Err(other) => panic!("{key}: {other}"),
            }
        }
    }
    (key, told)
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server"]
async fn two_processes_with_short_leases_never_mix_turns() {
    let redis = Redis::start(&[]).await;
    let (lease, pause) = (Duration::from_millis(30), Duration::from_millis(60));
    let mut tasks = JoinSet::new();
    // Two handles with a connection each, and four callers behind each of them.
    for handle in 0..2 {
        let store = open(&redis.url());
        for caller in 0..4 {
            let store = store.clone();
            tasks.spawn(async move {
                let (mut acknowledged, mut fenced, mut busy) = (Vec::new(), 0, 0);
                for turn in 0..400_u32 {
                    let key = key(&format!("hot{}", turn % 5));
                    let claim = Claim { lease, ..claim(lease) };
                    let (granted, content) = match store.begin(&key, &claim).await.unwrap() {
                        Begun::Granted { lease, content } => (lease, content),
                        Begun::Busy { .. } => {
                            busy += 1;
                            tokio::time::sleep(Duration::from_millis(2)).await;
                            continue;
                        }
                        other @ Begun::Replayed { .. } => panic!("{other:?}"),
                    };
                    if (turn + caller) % 7 == 0 {
                        tokio::time::sleep(pause).await;
                    }
                    let piece = format!("{handle}/{caller}/{turn}");
                    let commit = if content == Content::New { replace("") } else { append(&piece) };
                    match store.commit(&key, &granted, &commit).await {
                        Ok(committed) if content == Content::New => assert_eq!(committed.version, 1),
                        Ok(committed) => acknowledged.push((key, committed.version, piece)),
                        Err(StoreError::Fenced | StoreError::Removed) => fenced += 1,
                        Err(other) => panic!("{other}"),
                    }
                }
                (acknowledged, fenced, busy)
            });
        }
    }
    let (mut acknowledged, mut fenced, mut busy) = (Vec::new(), 0, 0);
    for (more, lost, refused) in tasks.join_all().await {
        acknowledged.extend(more);
        fenced += lost;
        busy += refused;
    }
    let store = open(&redis.url());
    for number in 0..5 {
        let key = key(&format!("hot{number}"));
        let stored = store.read(&key).await.unwrap().unwrap();
        let mut expected: Vec<_> = acknowledged.iter().filter(|(of, _, _)| *of == key).collect();
        expected.sort_by_key(|(_, version, _)| *version);
        let expected: Vec<&[u8]> = expected.iter().map(|(_, _, piece)| piece.as_bytes()).collect();
        let found: Vec<&[u8]> = stored.record.pieces.iter().map(|piece| &piece[..]).collect();
        assert_eq!(found, expected, "{key}");
        assert_eq!(stored.record.version, 1 + expected.len() as u64);
    }
    tell(&format!("{} commits, {busy} busy, {fenced} fenced, 0 mixed", acknowledged.len()));
    assert!(fenced > 0 && acknowledged.len() > 200);
}
