//! Turns per second: one is a begin that knows the record, and a commit that appends a kilobyte.

use std::sync::atomic::{AtomicU64, Ordering};

use tokio::task::JoinSet;

use super::process::Redis;
use super::*;

/// For how long each number is taken.
const FOR: Duration = Duration::from_secs(3);

async fn turns_a_second(store: &Arc<RedisStore>, callers: u32) -> f64 {
    let piece = "x".repeat(1 << 10);
    let commits = Arc::new(AtomicU64::new(0));
    let begun = Instant::now();
    let mut tasks = JoinSet::new();
    for caller in 0..callers {
        let (store, commits, piece) = (store.clone(), commits.clone(), piece.clone());
        tasks.spawn(async move {
            let mut known = None;
            let mut number = 0_u32;
            while begun.elapsed() < FOR {
                number += 1;
                let key = key(&format!("c{callers}-{caller}"));
                let claim = Claim { known, ..claim(Duration::from_secs(15)) };
                let Begun::Granted { lease, .. } = patient(|| store.begin(&key, &claim)).await else {
                    panic!("busy")
                };
                // As a pool does it: now and then everything anew.
                let commit = if number % 64 == 1 { replace(&piece) } else { append(&piece) };
                patient(|| store.commit(&key, &lease, &commit)).await;
                known = Some(lease.fence);
                commits.fetch_add(1, Ordering::Relaxed);
            }
        });
    }
    tasks.join_all().await;
    #[expect(clippy::cast_precision_loss, reason = "a figure of three digits")]
    let count = commits.load(Ordering::Relaxed) as f64;
    count / begun.elapsed().as_secs_f64()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server; a figure"]
async fn turns_per_second() {
    for (name, fsync) in
        [("no AOF", None), ("AOF everysec", Some("everysec")), ("AOF always", Some("always"))]
    {
        let redis = match fsync {
            None => Redis::start(&[]).await,
            Some(fsync) => Redis::durable(fsync).await,
        };
        let store = open(&redis.url());
        for callers in [1, 16, 64] {
            let figure = turns_a_second(&store, callers).await;
            tell(&format!("{name}, {callers} callers: {figure:.0} turns/s (a begin and a commit each)"));
            assert!(figure > 1.0);
        }
        // What the server itself has spent on a script, whoever else used the machine.
        let statistics = redis.say(&["INFO", "commandstats"]);
        let scripts = statistics.lines().find(|line| line.starts_with("cmdstat_evalsha:")).unwrap();
        tell(&format!("{name}: {scripts}"));
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs redis-server; a figure"]
async fn memory_per_session() {
    const SESSIONS: u64 = 20_000;
    let redis = Redis::start(&[]).await;
    let store = open(&redis.url());
    let used = || -> u64 {
        let memory = redis.say(&["INFO", "memory"]);
        let line = memory.lines().find_map(|line| line.strip_prefix("used_memory:")).unwrap();
        line.trim().parse().unwrap()
    };
    let before = used();
    let text = "x".repeat(1 << 10);
    let mut tasks = JoinSet::new();
    for task in 0..16 {
        let (store, text) = (store.clone(), text.clone());
        tasks.spawn(async move {
            for number in (0..SESSIONS).filter(|number| number % 16 == task) {
                store_one(&store, &key(&format!("{number:032x}")), &text).await;
            }
        });
    }
    tasks.join_all().await;
    let each = (used() - before) / SESSIONS;
    let begun = Instant::now();
    let request = alphora::session::store::PageRequest { after: None, limit: 50 };
    let page = store.list("Support", &Owner::anonymous(), &request).await.unwrap();
    let listed = begun.elapsed();
    assert_eq!(page.sessions.len(), 50);
    let begun = Instant::now();
    store.sweep().await.unwrap();
    tell(&format!(
        "{each} bytes a session of 1,024; of {SESSIONS}, a page of 50 took {listed:?}, a sweep {:?}",
        begun.elapsed()
    ));
}
