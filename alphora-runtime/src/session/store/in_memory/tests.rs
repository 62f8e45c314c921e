//! The contract, and what only this store promises.

mod against_model;
mod model;

use std::sync::Arc;
use std::time::Duration;

use super::{InMemoryRunLog, InMemoryStore};
use crate::session::Owner;
use crate::session::store::{
    LoggedEvent, RunEvents, RunKey, RunLog, RunLogLimits, StoreError, StoreLimits, conformance,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keeps_the_contract() {
    let report = conformance::session_store(Arc::new(InMemoryStore::default())).await;
    let report = report.unwrap_or_else(|violation| panic!("{violation}"));
    assert_eq!(report.passed.len(), conformance::SESSION_STORE.len());
}

#[tokio::test(start_paused = true)]
async fn keeps_the_contract_by_a_paused_clock() {
    conformance::session_store(Arc::new(InMemoryStore::default())).await.unwrap_or_else(|v| panic!("{v}"));
}

#[tokio::test(start_paused = true)]
async fn keeps_its_limits() {
    let open = |limits| Arc::new(InMemoryStore::new(limits)) as Arc<_>;
    conformance::keeps_its_limits(open).await.unwrap_or_else(|violation| panic!("{violation}"));
}

#[tokio::test(start_paused = true)]
async fn survives_what_a_shared_handle_can_show_of_reopening() {
    let store = Arc::new(InMemoryStore::new(StoreLimits::default()));
    let open = || Arc::clone(&store) as Arc<_>;
    conformance::survives_reopening(open).await.unwrap_or_else(|violation| panic!("{violation}"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_run_log_keeps_the_contract() {
    let report = conformance::run_log(Arc::new(InMemoryRunLog::default())).await;
    let report = report.unwrap_or_else(|violation| panic!("{violation}"));
    assert_eq!(report.passed.len(), conformance::RUN_LOG.len());
}

#[tokio::test(start_paused = true)]
async fn the_run_log_keeps_the_contract_by_a_paused_clock() {
    conformance::run_log(Arc::new(InMemoryRunLog::default())).await.unwrap_or_else(|v| panic!("{v}"));
}

fn run(number: u128) -> RunKey {
    RunKey { agent: "agent".into(), owner: Owner::anonymous(), run: number }
}

fn of(name: &'static str, number: u128) -> RunKey {
    RunKey { owner: Owner::named(name), ..run(number) }
}

fn event(id: u64, bytes: usize) -> LoggedEvent {
    LoggedEvent { id, bytes: vec![b'x'; bytes].into() }
}

#[tokio::test(start_paused = true)]
async fn runs_that_have_ended_make_room_for_others() {
    let log = InMemoryRunLog::new(2, 1_000);
    let (nearly, rest) = (Duration::from_secs(599), Duration::from_secs(1));
    let limits = RunLogLimits { time: nearly + rest, ..RunLogLimits::default() };
    for number in [1, 2] {
        log.open(&run(number), &limits).await.unwrap();
        log.append(&run(number), &[event(1, 400)]).await.unwrap();
    }
    assert!(matches!(log.open(&run(3), &limits).await, Err(StoreError::Capacity { .. })));
    // Of runs under way, the one that says more loses its own.
    log.append(&run(2), &[event(2, 400)]).await.unwrap();
    assert_eq!(log.kept(), (2, 800));
    assert_eq!(log.read(&run(2), 0, Duration::ZERO).await, Ok(RunEvents::Gone));

    log.finish(&run(2)).await.unwrap();
    log.finish(&run(1)).await.unwrap();
    log.open(&run(3), &limits).await.unwrap();
    assert_eq!(log.kept(), (2, 400));
    assert_eq!(log.read(&run(2), 0, Duration::ZERO).await, Ok(RunEvents::Unknown));
    log.append(&run(3), &[event(1, 700)]).await.unwrap();
    assert_eq!(log.kept(), (1, 700));
    assert_eq!(log.read(&run(1), 0, Duration::ZERO).await, Ok(RunEvents::Unknown));

    tokio::time::sleep(nearly).await;
    log.finish(&run(3)).await.unwrap();
    tokio::time::sleep(nearly).await;
    assert_eq!(log.kept(), (1, 700));
    tokio::time::sleep(rest).await;
    assert_eq!(log.kept(), (0, 0));
}

/// Opens a log with one event, and ends it.
async fn keep(log: &InMemoryRunLog, run: &RunKey, bytes: usize) {
    log.open(run, &RunLogLimits::default()).await.unwrap();
    log.append(run, &[event(1, bytes)]).await.unwrap();
    log.finish(run).await.unwrap();
}

async fn has(log: &InMemoryRunLog, run: &RunKey) -> bool {
    matches!(log.read(run, 0, Duration::ZERO).await, Ok(RunEvents::Events { .. }))
}

#[tokio::test(start_paused = true)]
async fn an_owner_with_its_share_of_the_runs_makes_room_among_its_own() {
    let log = InMemoryRunLog::new(8, 1_000);
    keep(&log, &of("bob", 0), 10).await;
    for number in 1..=40 {
        keep(&log, &of("ann", number), 1).await;
    }
    assert_eq!(log.kept(), (7, 16));
    assert!(has(&log, &of("bob", 0)).await && has(&log, &of("ann", 35)).await);
    assert!(!has(&log, &of("ann", 34)).await);
    // Runs under way make no room, and leave others theirs.
    for number in 41..=46 {
        log.open(&of("ann", number), &RunLogLimits::default()).await.unwrap();
    }
    let refused = log.open(&of("ann", 47), &RunLogLimits::default()).await;
    assert!(matches!(refused, Err(StoreError::Capacity { .. })), "{refused:?}");
    keep(&log, &of("bob", 47), 10).await;
    assert!(has(&log, &of("bob", 0)).await);
    // Nobody in particular has all that the others leave.
    for number in 48..=60 {
        keep(&log, &run(number), 1).await;
    }
    assert_eq!(log.kept(), (8, 2));
    tokio::time::sleep(Duration::from_secs(600)).await;
    assert_eq!(log.kept(), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn an_owner_with_its_share_of_the_bytes_makes_room_among_its_own() {
    let log = InMemoryRunLog::new(100, 1_000);
    keep(&log, &of("bob", 0), 250).await;
    for number in 1..=40 {
        keep(&log, &of("ann", number), 100).await;
    }
    assert_eq!(log.kept(), (8, 950));
    assert!(has(&log, &of("bob", 0)).await && has(&log, &of("ann", 34)).await);
    assert!(!has(&log, &of("ann", 33)).await);
    // A run under way that says more than that loses its own oldest events.
    let talkative = of("ann", 41);
    log.open(&talkative, &RunLogLimits::default()).await.unwrap();
    for id in 1..=10 {
        log.append(&talkative, &[event(id, 100)]).await.unwrap();
    }
    assert_eq!(log.kept(), (2, 950));
    assert_eq!(log.read(&talkative, 2, Duration::ZERO).await, Ok(RunEvents::Gone));
    assert!(has(&log, &of("bob", 0)).await);
    // Where all together have too much, what ended first goes, whosever it is.
    keep(&log, &of("bob", 42), 100).await;
    assert_eq!(log.kept(), (2, 800));
    assert!(!has(&log, &of("bob", 0)).await);
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_a_log_that_goes_is_told() {
    let log = InMemoryRunLog::default();
    let limits = RunLogLimits { time: Duration::from_secs(10), ..RunLogLimits::default() };
    log.open(&run(1), &limits).await.unwrap();
    let begun = tokio::time::Instant::now();
    assert_eq!(log.read(&run(1), 0, Duration::MAX).await, Ok(RunEvents::Unknown));
    assert_eq!(begun.elapsed().as_secs(), 10);
}
