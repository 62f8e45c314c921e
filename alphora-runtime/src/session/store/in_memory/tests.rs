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

#[tokio::test(start_paused = true)]
async fn who_waits_for_a_log_that_goes_is_told() {
    let log = InMemoryRunLog::default();
    let limits = RunLogLimits { time: Duration::from_secs(10), ..RunLogLimits::default() };
    log.open(&run(1), &limits).await.unwrap();
    let begun = tokio::time::Instant::now();
    assert_eq!(log.read(&run(1), 0, Duration::MAX).await, Ok(RunEvents::Unknown));
    assert_eq!(begun.elapsed().as_secs(), 10);
}
