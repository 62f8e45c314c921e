//! Servers that die, stand still or are full: bounded answers, nothing lost, and it goes on by itself.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tokio::task::JoinSet;

use super::load::{Told, one_session};
use super::process::Redis;
use super::*;

/// How many turns are acknowledged between two kills.
const TURNS: usize = 150;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server"]
async fn what_was_acknowledged_survives_a_kill() {
    // With `everysec`, a server whose disk is busy answers before it has written anything.
    let mut redis = Redis::durable("always").await;
    let url = redis.url();
    let store = open(&url);
    let until = Arc::new(AtomicBool::new(false));
    let turns = Arc::new(AtomicUsize::new(0));
    let mut tasks = JoinSet::new();
    for number in 0..16 {
        tasks.spawn(one_session(open(&url), key(&format!("s{number}")), turns.clone(), until.clone()));
    }
    // However fast the disk is.
    let more = async || {
        let (begun, enough) = (Instant::now(), turns.load(Ordering::Relaxed) + TURNS);
        while turns.load(Ordering::Relaxed) < enough {
            assert!(begun.elapsed() < TTL, "{} of {enough}", turns.load(Ordering::Relaxed));
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    for _ in 0..8 {
        more().await;
        redis.kill();
        tokio::time::sleep(Duration::from_millis(150)).await;
        redis.restart().await;
    }
    more().await;
    until.store(true, Ordering::Relaxed);
    let told: HashMap<SessionKey, Told> = tasks.join_all().await.into_iter().collect();

    let (mut acknowledged, mut refusals, mut slowest) = (0, 0, Duration::ZERO);
    for (key, told) in &told {
        let stored = store.read(key).await.unwrap().unwrap();
        let stored: Vec<String> =
            stored.record.pieces.iter().map(|piece| String::from_utf8(piece.to_vec()).unwrap()).collect();
        // Each acknowledged piece once, in its order; beside it only pieces whose answer never came.
        let kept: Vec<&String> = stored.iter().filter(|piece| told.acknowledged.contains(*piece)).collect();
        assert_eq!(kept, told.acknowledged.iter().collect::<Vec<_>>(), "{key}");
        acknowledged += told.acknowledged.len();
        refusals += told.refusals;
        slowest = slowest.max(told.slowest);
    }
    tell(&format!(
        "8 kills: {acknowledged} acknowledged, 0 lost, 0 doubled, {refusals} refusals, slowest {slowest:?}"
    ));
    assert!(acknowledged >= 8 * TURNS && refusals > 0, "{acknowledged} {refusals}");
    assert!(slowest < BOUND, "{slowest:?}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server"]
async fn a_server_that_stands_still_is_not_waited_for() {
    let redis = Redis::start(&[]).await;
    let store = open(&redis.url());
    store_one(&store, &key("a"), "x").await;
    let lease = lend(&store, &key("a")).await;
    redis.stop();
    let begun = Instant::now();
    let mut slowest = Duration::ZERO;
    let mut answers = 0;
    while begun.elapsed() < Duration::from_secs(8) {
        let asked = Instant::now();
        let error = store.commit(&key("a"), &lease, &append("late")).await.unwrap_err();
        assert!(matches!(error, StoreError::Unavailable { .. }), "{error:?}");
        slowest = slowest.max(asked.elapsed());
        answers += 1;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(slowest < BOUND, "{slowest:?}");
    redis.go_on();
    let begun = Instant::now();
    // It may have done what it was asked while nobody waited any more. Either way it is done once.
    let committed = loop {
        match store.commit(&key("a"), &lease, &append("late")).await {
            Ok(committed) => break committed,
            Err(StoreError::Unavailable { .. }) => tokio::time::sleep(Duration::from_millis(20)).await,
            Err(other) => panic!("{other}"),
        }
    };
    assert_eq!(committed.version, 2);
    assert_eq!(store.read(&key("a")).await.unwrap().unwrap().record.pieces.len(), 1);
    tell(&format!(
        "stopped for 8 s: {answers} answers, the slowest after {slowest:?}; used again after {:?} ({committed:?})",
        begun.elapsed()
    ));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server"]
async fn a_full_server_refuses_turns_and_loses_none() {
    let redis = Redis::start(&["--maxmemory", "12mb"]).await;
    let store = open(&redis.url());
    let text = "x".repeat(64 << 10);
    let mut kept = Vec::new();
    let refused = loop {
        let key = key(&format!("s{}", kept.len()));
        let begun = match store.begin(&key, &claim(Duration::from_secs(15))).await {
            Ok(Begun::Granted { lease, .. }) => store.commit(&key, &lease, &replace(&text)).await.map(|_| ()),
            Ok(other) => panic!("{other:?}"),
            Err(error) => Err(error),
        };
        match begun {
            Ok(()) => kept.push(key),
            Err(error) => break error,
        }
    };
    assert!(refused.to_string().contains("maxmemory"), "{refused}");
    let before = store.statistics().await.unwrap();
    assert_eq!((before.sessions, before.bytes), (kept.len() as u64, (kept.len() * text.len()) as u64));
    for key in &kept {
        assert_eq!(store.read(key).await.unwrap().unwrap().record.snapshot.len(), text.len());
    }
    // To delete makes room, also in the lists and the counts.
    for key in kept.drain(..10) {
        assert!(store.delete(&key).await.unwrap());
    }
    let after = store.statistics().await.unwrap();
    assert_eq!((after.sessions, after.bytes), (kept.len() as u64, (kept.len() * text.len()) as u64));
    store_one(&store, &key("after"), &text).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server"]
async fn a_server_that_has_forgotten_the_scripts_is_told_them_again() {
    let redis = Redis::start(&[]).await;
    let store = open(&redis.url());
    for number in 0..3 {
        store_one(&store, &key(&format!("s{number}")), "x").await;
        assert_eq!(redis.say(&["SCRIPT", "FLUSH"]), "OK");
        // So is one that has closed all connections.
        redis.say(&["CLIENT", "KILL", "TYPE", "normal"]);
    }
    assert_eq!(store.statistics().await.unwrap().sessions, 3);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server"]
async fn stamps_are_never_used_twice_even_if_the_server_lost_everything() {
    let redis = Redis::start(&[]).await;
    let store = open(&redis.url());
    store_one(&store, &key("a"), "before").await;
    let stamp = store.read(&key("a")).await.unwrap().unwrap().record.stamp;
    redis.say(&["FLUSHALL"]);
    store_one(&store, &key("a"), "after").await;
    let known = Claim { known: Some(stamp), ..claim(TTL) };
    let Begun::Granted { content: alphora::session::store::Content::Stored(record), .. } =
        store.begin(&key("a"), &known).await.unwrap()
    else {
        panic!("a record of another life was taken for the one that is known");
    };
    assert!(record.stamp > stamp);
    assert_eq!(&record.snapshot[..], b"after");
}
