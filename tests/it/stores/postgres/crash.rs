//! A server that crashes, and processes that race: nothing that was acknowledged is lost, doubled or mixed.

use std::sync::Arc;
use std::time::{Duration, Instant};

use alphora::session::store::SessionStore;
use tokio::task::JoinSet;

use super::cluster::Cluster;
use super::load::{Course, Turns, is_what_was_acknowledged, key, replace, take_turns, turn};

const CALLERS: usize = 8;

/// Longer than a server is away.
const LONG: Duration = Duration::from_secs(120);

/// How many turns are acknowledged between two crashes.
const TURNS: usize = 40;

/// Turns of many sessions while `crash` happens again and again.
async fn under_load(crash: impl Fn(&Cluster), crashes: usize) {
    let cluster = Cluster::start();
    let store: Arc<dyn SessionStore> = cluster.store();
    store.check().await.unwrap();
    let course = Arc::new(Course::default());
    let mut callers = JoinSet::new();
    for caller in 0..CALLERS {
        let store = Arc::clone(&store);
        let course = Arc::clone(&course);
        callers.spawn(async move {
            let key = key(&format!("session-{caller}"));
            (caller, take_turns(store, key, caller.to_string(), LONG, |_| Duration::ZERO, course).await)
        });
    }
    for _ in 0..crashes {
        course.goes_on(TURNS, 0).await;
        crash(&cluster);
    }
    course.goes_on(TURNS, 0).await;
    course.stop();
    let mut acknowledged = 0;
    let mut unavailable = 0;
    while let Some(caller) = callers.join_next().await {
        let (caller, turns) = caller.unwrap();
        acknowledged += turns.acknowledged.len();
        unavailable += turns.unavailable;
        assert!(turns.longest < Duration::from_secs(9), "it took {:?}", turns.longest);
        is_what_was_acknowledged(&*store, &key(&format!("session-{caller}")), &[turns]).await;
    }
    assert!(
        acknowledged > crashes * TURNS && unavailable > 0,
        "{acknowledged} acknowledged, {unavailable} unavailable"
    );
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn postgres_loses_nothing_when_all_its_backends_are_killed() {
    let kill = |cluster: &Cluster| {
        cluster.wait_until_it_answers();
        Cluster::signal("-KILL", &cluster.backends());
    };
    under_load(kill, 5).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn postgres_loses_nothing_when_it_is_restarted_at_once() {
    let restart = |cluster: &Cluster| {
        cluster.stop_immediately();
        cluster.start_again();
    };
    under_load(restart, 5).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn postgres_fences_processes_that_are_late() {
    let cluster = Cluster::start();
    let stores: [Arc<dyn SessionStore>; 2] = [cluster.store(), cluster.store()];
    stores[0].check().await.unwrap();
    // A lease is short, but a turn of nothing fits into it: on some disks it takes long.
    let begun = Instant::now();
    for _ in 0..5 {
        turn(&*stores[0], &key("measured"), &replace("[]")).await;
    }
    let lease = begun.elapsed().max(Duration::from_millis(30));
    let course = Arc::new(Course::default());
    let mut callers = JoinSet::new();
    for caller in 0..CALLERS {
        let store = Arc::clone(&stores[caller % 2]);
        let course = Arc::clone(&course);
        // One turn in five holds the session for longer than its lease.
        let pause = move |number: u64| if number.is_multiple_of(5) { lease * 2 } else { Duration::ZERO };
        callers.spawn(take_turns(store, key("session"), caller.to_string(), lease, pause, course));
    }
    course.goes_on(50, 5).await;
    course.stop();
    let turns: Vec<Turns> = callers.join_all().await;
    is_what_was_acknowledged(&*stores[0], &key("session"), &turns).await;
}
