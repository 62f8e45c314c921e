//! One fault at each phase of an exchange: within head and body of the request, and at six places of the answer.

use std::time::Duration;

use alphora_tests::chaos::{ChaosProxy, Fault, Pace, Plan};
use alphora_tests::model_server::Cut;
use alphora_tests::{KeptConnection, Received, until};

use super::{OPENAI, Subject, body, turn, whole_turns};

const STALL: Duration = Duration::from_millis(30);

const FAULTS: [Fault; 5] =
    [Fault::Cut(Cut::Fin), Fault::Cut(Cut::Rst), Fault::HalfClose, Fault::Stall(STALL), Fault::StallForEver];

/// How long a client waits before it gives up: longer than any turn here takes.
const PATIENCE: Duration = Duration::from_millis(200);

/// The places of an exchange, in bytes from its beginning.
struct Phases {
    request: Vec<(&'static str, usize)>,
    answer: Vec<(&'static str, usize)>,
    /// The length of both.
    lengths: (usize, usize),
}

impl Phases {
    /// Of a turn that nothing happens to. All names of sessions and turns are equally long, and so are all exchanges.
    async fn measure(subject: &Subject, stream: bool) -> Self {
        let counted = ChaosProxy::always(subject.server.addr, Plan::nothing()).await;
        let mut connection = KeptConnection::open(counted.addr).await.unwrap();
        let (length, body) = {
            let body = body(&turn("0000"), "first", stream).to_string();
            (body.len(), body)
        };
        let received = connection.post(OPENAI, body, Duration::from_secs(5)).await;
        assert!(received.is_acknowledged(), "{received:?}");
        let answer = String::from_utf8(connection.last_answer().to_vec()).unwrap();
        let request = KeptConnection::head(OPENAI, length).len() + length;
        let head = answer.find("\r\n\r\n").unwrap() + 4;
        let mut phases = vec![("nothing of the answer", 0), ("its head", head / 2), ("after its head", head)];
        if stream {
            let first = answer.find("one").unwrap();
            let done = answer.find("data: [DONE]").unwrap();
            phases.extend([
                ("its first event", first),
                ("after its first event", first + answer[first..].find("\n\n").unwrap() + 2),
                ("its farewell", done + 3),
                ("after `[DONE]`", done + "data: [DONE]\n\n".len()),
            ]);
        } else {
            phases.push(("its body", head + (answer.len() - head) / 2));
        }
        Self {
            request: vec![
                ("nothing of the request", 0),
                ("the request's head", 20),
                ("the request's body", request - length / 2),
                ("the whole request", request),
            ],
            answer: phases,
            lengths: (request, answer.len()),
        }
    }

    /// A plan for each phase and fault. `exchanges` have gone well before.
    fn plans(&self, exchanges: usize) -> Vec<(String, Plan)> {
        let mut plans = Vec::new();
        for fault in FAULTS {
            // At the end of an earlier exchange nothing of the next one has begun.
            let begun = |(_, at): &&(&str, usize)| exchanges == 0 || *at > 0;
            for (phase, at) in self.request.iter().filter(begun) {
                let plan = Plan::to_server(at + exchanges * self.lengths.0, fault);
                plans.push((format!("{fault:?} at {phase}"), plan));
            }
            for (phase, at) in self.answer.iter().filter(begun) {
                let plan = Plan::to_client(at + exchanges * self.lengths.1, fault);
                plans.push((format!("{fault:?} at {phase}"), plan));
            }
        }
        plans
    }
}

/// Lets every fault happen at every phase of the exchange that follows `before` good ones on a connection.
async fn every_fault_at_every_phase(stream: bool, before: usize) {
    // One run at a time: a place that is not given back is seen at once.
    let subject = Subject::start(1).await;
    let phases = Phases::measure(&subject, stream).await;
    for (number, (case, plan)) in phases.plans(before).into_iter().enumerate() {
        let proxy = ChaosProxy::always(subject.server.addr, plan).await;
        let mut connection = KeptConnection::open(proxy.addr).await.unwrap();
        let session = format!("s{number:04}");
        let mut expected = Vec::new();
        for earlier in 0..before {
            let name = format!("{earlier:04}");
            let received =
                connection.post(OPENAI, body(&turn(&name), &session, stream), Duration::from_secs(5)).await;
            assert!(received.is_acknowledged(), "{case}: {received:?}");
            expected.push(name);
        }
        let received = connection.post(OPENAI, body(&turn("last"), &session, stream), PATIENCE).await;
        drop(connection);
        until(format!("{case}: no run is left"), async || subject.running() == 0).await;
        // The proxy is still there, and holds what it stalls.
        let stored = whole_turns(&subject.turns(&session, &case).await, &case);
        let mut with_last = expected.clone();
        with_last.push("last".to_owned());
        if received.is_acknowledged() {
            assert_eq!(stored, with_last, "{case}: {received:?}");
        } else if received.is_refused() {
            assert_eq!(stored, expected, "{case}: {received:?}");
        } else {
            assert!(stored == expected || stored == with_last, "{case}: {stored:?} after {received:?}");
        }
        if case.starts_with("Stall(") {
            assert!(received.is_acknowledged(), "{case} is only a delay: {received:?}");
        }
    }
}

#[tokio::test]
async fn faults_of_a_stream() {
    every_fault_at_every_phase(true, 0).await;
}

#[tokio::test]
async fn faults_of_an_answer_in_one_piece() {
    every_fault_at_every_phase(false, 0).await;
}

#[tokio::test]
async fn faults_of_connections_that_have_been_used_before() {
    every_fault_at_every_phase(true, 1).await;
    every_fault_at_every_phase(false, 2).await;
}

#[tokio::test]
async fn a_run_that_goes_on_without_its_client_is_stored_wherever_its_connection_breaks() {
    let subject = Subject::start(1).await;
    for stream in [true, false] {
        let phases = Phases::measure(&subject, stream).await;
        for (number, (phase, at)) in phases.answer.iter().enumerate() {
            for fault in [Fault::Cut(Cut::Fin), Fault::Cut(Cut::Rst)] {
                // Before its head has come the run may not have begun.
                if *at == 0 {
                    continue;
                }
                let case = format!("{fault:?} at {phase}");
                let proxy = ChaosProxy::always(subject.server.addr, Plan::to_client(*at, fault)).await;
                let connection = KeptConnection::open(proxy.addr).await.unwrap();
                let mut connection = connection.header("x-alphora-on-disconnect", "continue");
                let session = format!("{stream}-{number}-{fault:?}").replace(['(', ')'], "");
                let received = connection.post(OPENAI, body(&turn("last"), &session, stream), PATIENCE).await;
                drop(connection);
                until(format!("{case}: no run is left"), async || subject.running() == 0).await;
                let stored = whole_turns(&subject.turns(&session, &case).await, &case);
                assert_eq!(stored, ["last"], "{case}: {received:?}");
            }
        }
    }
}

#[tokio::test]
async fn the_size_of_packets_means_nothing() {
    let subject = Subject::start(1).await;
    let paces = [Pace::SingleBytes, Pace::Joined(STALL), Pace::Delayed(Duration::from_millis(3))];
    for (number, pace) in paces.into_iter().enumerate() {
        let proxy = ChaosProxy::always(subject.server.addr, Plan::paced(pace)).await;
        let mut connection = KeptConnection::open(proxy.addr).await.unwrap();
        let session = format!("s{number}");
        for stream in [true, false, true] {
            let received =
                connection.post(OPENAI, body(&turn("x"), &session, stream), Duration::from_secs(5)).await;
            let Received::Whole(answer) = received else { panic!("{pace:?}: {received:?}") };
            assert_eq!((answer.status, answer.content().as_str()), (200, "one two "), "{pace:?}");
        }
        assert_eq!(whole_turns(&subject.turns(&session, "paces").await, "paces"), ["x", "x", "x"]);
        assert_eq!(proxy.connections(), 1, "the connection was kept");
    }
}
