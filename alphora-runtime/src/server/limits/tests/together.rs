//! Limits that several servers count together.

use std::sync::atomic::Ordering;

use proptest::prelude::*;
use tokio::time::{Instant, advance, sleep, timeout};

use super::faulty::{Fault, FaultyLimits};
use super::*;

fn two(config: &ServerConfig) -> (Arc<FaultyLimits>, [Server; 2]) {
    let store = Arc::new(FaultyLimits::default());
    let server = || Server::new(config.clone(), Some(store.clone()));
    let servers = [server(), server()];
    (store, servers)
}

/// Waits until what has ended is settled.
async fn settled() {
    sleep(Duration::from_millis(20)).await;
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// Whatever is asked of which server, and however runs end: no more at once than the limit, and in no window more
    /// requests than the limit and what its time adds.
    #[test]
    fn two_servers_never_exceed_together(
        limit in 1_u64..20,
        most in 1_u64..6,
        steps in proptest::collection::vec((0_usize..2, 0_u64..3_000, any::<bool>(), 0_usize..8), 1..120),
    ) {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let (_, servers) = two(&each(Limits { runs: Some(most), ..requests(limit) }));
            let (begun, mut granted, mut open) = (Instant::now(), Vec::new(), Vec::new());
            for (which, pause, ends, victim) in steps {
                sleep(Duration::from_millis(pause)).await;
                if ends && !open.is_empty() {
                    open.swap_remove(victim % open.len());
                } else if let Ok(run) = servers[which].admit(&anybody()).await {
                    granted.push(begun.elapsed().as_millis());
                    open.push(run);
                }
                prop_assert!(open.len() as u64 <= most);
            }
            for (at, first) in granted.iter().enumerate() {
                for (later, last) in granted.iter().enumerate().skip(at) {
                    // The time of a round trip may lie between the count and when it is heard of.
                    let window = u64::try_from(last - first).unwrap() + 100;
                    let count = (later - at + 1) as u64;
                    prop_assert!(count <= limit + (limit * window).div_ceil(60_000));
                }
            }
            Ok(())
        })?;
    }
}

#[tokio::test(start_paused = true)]
async fn tokens_used_at_one_server_count_at_the_other() {
    let (_, [one, other]) = two(&each(tokens(100)));
    let run = one.admit(&caller("a")).await.unwrap();
    run.uses(150);
    drop(run);
    settled().await;
    let (words, _) = said(other.admit(&caller("a")).await);
    assert!(words.contains("tokens per minute of this API key: limit 100"), "{words}");
    let _ = other.admit(&caller("b")).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_place_is_kept_for_as_long_as_its_run_lasts() {
    let (_, [one, other]) = two(&each(runs(1)));
    let run = one.admit(&anybody()).await.unwrap();
    for _ in 0..20 {
        sleep(LEASE / 2).await;
        said(other.admit(&anybody()).await);
    }
    drop(run);
    settled().await;
    let _ = other.admit(&anybody()).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn who_asks_again_at_once_finds_the_place_that_was_just_given_back() {
    let (_, servers) = two(&each(runs(1)));
    for turn in 0..20 {
        drop(servers[turn % 2].admit(&anybody()).await.unwrap());
    }
}

#[tokio::test(start_paused = true)]
async fn the_places_of_a_server_that_dies_are_free_within_the_lease() {
    let store = Arc::new(FaultyLimits::default());
    let other = Server::new(each(runs(1)), Some(store.clone()));
    let dies = std::thread::spawn({
        let store = store.clone();
        move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
            runtime.block_on(async {
                let server = Server::new(each(runs(1)), Some(store));
                std::mem::forget(server.admit(&anybody()).await.unwrap());
                std::mem::forget(server);
            });
            // Its tasks end with its runtime, and settle nothing.
        }
    });
    dies.join().unwrap();
    said(other.admit(&anybody()).await);
    sleep(LEASE).await;
    let _ = other.admit(&anybody()).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_server_that_stops_leaves_nothing_behind() {
    let (_, [one, other]) = two(&each(Limits { runs: Some(1), ..tokens(100) }));
    let run = one.admit(&anybody()).await.unwrap();
    run.uses(40);
    drop(run);
    one.stopped().await;
    let run = other.admit(&anybody()).await.unwrap();
    assert_eq!(run.header("x-ratelimit-remaining-tokens").as_deref(), Some("60"));
}

#[tokio::test(start_paused = true)]
async fn a_client_that_leaves_while_the_store_is_asked_leaves_no_place_behind() {
    let (_, [one, other]) = two(&each(runs(1)));
    for microseconds in [0, 500, 999, 1_000, 1_001, 2_000] {
        drop(timeout(Duration::from_micros(microseconds), one.admit(&anybody())).await);
        settled().await;
        // At the latest with the lease, and mostly long before.
        if other.admit(&anybody()).await.is_err() {
            sleep(LEASE).await;
            drop(other.admit(&anybody()).await.unwrap());
        }
        settled().await;
    }
}

#[tokio::test(start_paused = true)]
async fn while_the_store_is_down_each_server_counts_alone() {
    for fault in [Fault::Down, Fault::Silent, Fault::LosesAnswers] {
        let (store, servers) = two(&each(requests(3)));
        drop(servers[0].admit(&anybody()).await.unwrap());
        store.set(fault);
        for server in &servers {
            for _ in 0..3 {
                let begun = Instant::now();
                drop(server.admit(&anybody()).await.unwrap());
                assert!(begun.elapsed() < Duration::from_millis(1_100), "{fault:?}: {:?}", begun.elapsed());
            }
            said(server.admit(&anybody()).await);
        }
        // It is left alone for the most part.
        let asked = store.asked.load(Ordering::SeqCst);
        for _ in 0..100 {
            drop(servers[0].admit(&anybody()).await);
        }
        assert!(store.asked.load(Ordering::SeqCst) <= asked + 2);
        store.set(Fault::None);
        // What was counted although nobody heard of it is made up for as well.
        sleep(Duration::from_secs(60)).await;
        drop(servers[0].admit(&anybody()).await.unwrap());
        assert!(store.asked.load(Ordering::SeqCst) > asked);
    }
}

#[tokio::test(start_paused = true)]
async fn a_place_that_nobody_has_heard_of_is_given_back() {
    let (store, [one, other]) = two(&each(runs(1)));
    store.set(Fault::LosesAnswers);
    let run = one.admit(&anybody()).await.unwrap();
    drop(run);
    store.set(Fault::None);
    sleep(Duration::from_secs(3)).await;
    drop(other.admit(&anybody()).await.unwrap());
}

#[tokio::test(start_paused = true)]
async fn what_a_run_has_used_is_settled_when_the_store_is_back() {
    let (store, [one, other]) = two(&each(Limits { runs: Some(1), ..tokens(100) }));
    let run = one.admit(&anybody()).await.unwrap();
    run.uses(60);
    store.set(Fault::Down);
    drop(run);
    sleep(Duration::from_millis(500)).await;
    store.set(Fault::None);
    sleep(Duration::from_millis(700)).await;
    let run = other.admit(&anybody()).await.unwrap();
    let left: u64 = run.header("x-ratelimit-remaining-tokens").unwrap().parse().unwrap();
    assert!((40..=42).contains(&left), "{left}");
}

#[tokio::test(start_paused = true)]
async fn a_run_that_was_counted_here_is_settled_here() {
    let (store, [one, _]) = two(&each(runs(1)));
    store.set(Fault::Down);
    let run = one.admit(&anybody()).await.unwrap();
    said(one.admit(&anybody()).await);
    drop(run);
    let run = one.admit(&anybody()).await.unwrap();
    store.set(Fault::None);
    advance(Duration::from_secs(10)).await;
    let shared = one.admit(&anybody()).await.unwrap();
    said(one.admit(&anybody()).await);
    drop((run, shared));
    settled().await;
    let _ = one.admit(&anybody()).await.unwrap();
}
