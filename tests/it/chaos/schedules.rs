//! A property: whatever schedule of faults some hundred requests meet, no run is left, and the sessions hold every
//! turn that was acknowledged, in order, none twice, none that was refused and none in part.

use std::time::Duration;

use alphora_tests::KeptConnection;
use alphora_tests::chaos::{ChaosProxy, Plan, Random};
use alphora_tests::until;
use tokio::task::JoinSet;

use super::{OPENAI, Subject, body, turn, whole_turns};

const CLIENTS: usize = 6;
const TURNS: usize = 25;

/// The bytes of some three exchanges in each direction: faults come at any phase of the first exchanges.
const REQUESTS: usize = 1_000;
const ANSWERS: usize = 4_000;

/// What a client knows of its turns.
#[derive(Debug, Default)]
struct Known {
    acknowledged: Vec<String>,
    refused: Vec<String>,
}

/// Takes its turns one after the other, on a connection that is kept for as long as it can be.
async fn client(proxy: std::net::SocketAddr, session: String, seed: u64) -> Known {
    let mut random = Random::new(seed);
    let mut known = Known::default();
    // Half of the clients want their turns to go on without them.
    let goes_on = seed.is_multiple_of(2);
    let mut connection = None;
    for number in 0..TURNS {
        let name = format!("{session}-{number}");
        let mut open = match connection.take() {
            Some(open) => open,
            None => {
                let open = KeptConnection::open(proxy).await.unwrap();
                open.header("x-alphora-on-disconnect", if goes_on { "continue" } else { "cancel" })
            }
        };
        // Some clients are impatient.
        let patience = Duration::from_millis(random.pick(&[5, 20, 250, 250, 250]));
        let received = open.post(OPENAI, body(&turn(&name), &session, random.one_in(2)), patience).await;
        if received.is_acknowledged() {
            known.acknowledged.push(name);
        } else if received.is_refused() {
            known.refused.push(name);
        }
        if matches!(received, alphora_tests::Received::Whole(_)) {
            connection = Some(open);
        }
    }
    known
}

async fn schedule(seed: u64) -> usize {
    let case = format!("seed {seed}");
    let subject = Subject::start(64).await;
    let mut plans = Random::new(seed);
    let proxy =
        ChaosProxy::start(subject.server.addr, move |_| Plan::random(&mut plans, REQUESTS, ANSWERS)).await;
    let mut clients = JoinSet::new();
    for number in 0..CLIENTS {
        let (addr, session) = (proxy.addr, format!("s{number}"));
        let seed = seed.wrapping_mul(1_000) + number as u64;
        clients.spawn(async move { (session.clone(), client(addr, session, seed).await) });
    }
    let known = clients.join_all().await;
    // What the proxy holds back for ever is told that its connection is over.
    drop(proxy);
    until(format!("{case}: no run is left"), async || subject.running() == 0).await;
    let mut acknowledged = 0;
    for (session, known) in known {
        let stored = whole_turns(&subject.turns(&session, &case).await, &case);
        assert!(stored.len() >= known.acknowledged.len(), "{case}: {stored:?} for {known:?}");
        for (at, turn) in stored.iter().enumerate() {
            assert!(!stored[at + 1..].contains(turn), "{case}: {turn} is stored twice: {stored:?}");
            assert!(!known.refused.contains(turn), "{case}: {turn} was refused, and is stored: {stored:?}");
        }
        let mut stored = stored.iter();
        for turn in &known.acknowledged {
            assert!(stored.any(|other| other == turn), "{case}: {turn} is lost or out of order: {known:?}");
        }
        acknowledged += known.acknowledged.len();
    }
    acknowledged
}

#[tokio::test]
async fn random_faults_lose_nothing_and_leave_nothing() {
    for seed in 1..=4 {
        let acknowledged = schedule(seed).await;
        assert!(acknowledged > CLIENTS * TURNS / 5, "seed {seed}: {acknowledged} turns got through");
        assert!(acknowledged < CLIENTS * TURNS, "seed {seed}: nothing was cut");
    }
}
