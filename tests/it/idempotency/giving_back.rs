//! Keys of requests that have done nothing, and whose claims are made when nobody waits for them any more.

use alphora_tests::Connection;

use super::super::resumable::log::{Log, store_of};
use super::*;

/// A server whose first claim is on its way, and has no client any more.
async fn with_late_claim(log: &Arc<Log>, gate: &Gate, wanted: &Value) -> Bench {
    let bench = Bench::start_with(ServerConfig::default(), Some(store_of(log.clone()))).await;
    log.claim_gate.store(gate.number(), Ordering::SeqCst);
    let connection = Connection::send(bench.addr(), &bytes_of(OPENAI, "k", wanted)).await.unwrap();
    gate.reached(1).await;
    log.claim_gate.store(usize::MAX, Ordering::SeqCst);
    drop(connection);
    bench
}

/// How often somebody has tried to give the key back.
fn tries(log: &Log) -> usize {
    let claims = log.claimed.lock().unwrap().len() - 1;
    claims.max(log.disclaims.load(Ordering::SeqCst))
}

/// The key is as good as new.
async fn assert_given_back(log: &Log, bench: &Bench, wanted: &Value) {
    until("it was given up", async || log.disclaimed.load(Ordering::SeqCst) > 0).await;
    let answer = ask(bench.addr(), OPENAI, "k", wanted).await;
    assert_eq!((answer.status, answer.header("idempotent-replayed")), (200, None), "{}", answer.body);
    assert_eq!(bench.begun(), 1);
}

#[tokio::test]
async fn a_claim_that_is_made_after_its_client_has_left_is_given_back() {
    let (log, gate, wanted) = (Log::new(), Gate::new(), body("nth", false));
    let bench = with_late_claim(&log, &gate, &wanted).await;
    until("it is being given back", async || tries(&log) > 0).await;
    gate.open();
    assert_given_back(&log, &bench, &wanted).await;
}

#[tokio::test]
async fn a_key_that_cannot_be_given_back_at_once_is_given_back_later() {
    let (log, gate, wanted) = (Log::new(), Gate::new(), body("nth", false));
    let bench = with_late_claim(&log, &gate, &wanted).await;
    log.is_deaf.store(true, Ordering::SeqCst);
    until("it is tried twice", async || tries(&log) > 1).await;
    gate.open();
    log.is_deaf.store(false, Ordering::SeqCst);
    assert_given_back(&log, &bench, &wanted).await;
}

#[tokio::test]
async fn a_server_that_stops_does_not_wait_for_a_key_to_be_given_back() {
    let (log, gate, wanted) = (Log::new(), Gate::new(), body("nth", false));
    let mut bench = with_late_claim(&log, &gate, &wanted).await;
    log.is_deaf.store(true, Ordering::SeqCst);
    until("it is tried again in the background", async || tries(&log) > 2).await;
    gate.open();
    bench.server.tell_to_stop();
    tokio::time::timeout(PATIENCE, bench.server.stopped()).await.expect("the log is deaf for ever");
}
