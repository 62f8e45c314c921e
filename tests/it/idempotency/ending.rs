//! Answers that are errors, or are not there.

use alphora_tests::faulty_store::FaultyStore;
use tokio::task::JoinHandle;

use super::super::resumable::log::{Log, store_of};
use super::*;

#[tokio::test]
async fn an_error_of_a_run_that_began_is_kept() {
    let bench = Bench::start().await;
    for (nth, (script, status)) in
        [("refuse 418", 418), ("refuse 503", 503), ("panic", 500), ("no", 500)].into_iter().enumerate()
    {
        for (path, stream) in [(OPENAI, true), (OPENAI, false), (AGENT, true), (AGENT, false)] {
            let before = bench.begun();
            let (key, body) = (format!("{nth}{stream}{path}"), body(&format!("sleep 50\n{script}"), stream));
            let first = ask(bench.addr(), path, &key, &body).await;
            assert_eq!((first.status, first.header("x-should-retry")), (status, Some("false")));
            assert_repeats(&first, &ask(bench.addr(), path, &key, &body).await);
            assert_eq!(bench.begun(), before + 1);
        }
    }
    // After something was sent, it is the end of the stream.
    let body = body("text a\nsleep 20\npanic", true);
    let first = ask(bench.addr(), OPENAI, "late", &body).await;
    assert!(first.status == 200 && first.body.contains("agent_error"));
    assert_repeats(&first, &ask(bench.addr(), OPENAI, "late", &body).await);
    until_runs(bench.addr(), 0).await;
}

#[tokio::test]
async fn who_waits_for_a_run_that_fails_is_told_as_the_first_is() {
    let bench = Bench::start().await;
    for (key, stream) in [("a", true), ("b", false)] {
        let gate = Gate::new();
        let body = body(&format!("gate {gate}\nrefuse 418"), stream);
        let first = ask(bench.addr(), OPENAI, key, &body);
        let again = async {
            gate.reached(1).await;
            ask(bench.addr(), OPENAI, key, &body).await
        };
        let fails = async {
            until_connections(bench.addr(), 2).await;
            gate.open();
        };
        let (first, again, ()) = tokio::join!(first, again, fails);
        assert_eq!(first.status, 418);
        assert_repeats(&first, &again);
    }
}

#[tokio::test]
async fn a_session_that_was_busy_has_not_used_the_key() {
    let bench = Bench::start().await;
    let turn = |script: &str, stream: bool| json!({ "messages": [{ "role": "user", "content": script }], "stream": stream, "session_id": "s" });
    for (key, stream) in [("a", true), ("b", false)] {
        let wanted = turn("text x", stream);
        let headers = [("Idempotency-Key", key), ("x-alphora-concurrency", "reject")];
        let gate = Gate::new();
        let busy = turn(&format!("gate {gate}"), false);
        let (_, refused) = tokio::join!(post(bench.addr(), OPENAI, busy, &[]), async {
            gate.reached(1).await;
            let refused = post(bench.addr(), OPENAI, &wanted, &headers).await;
            gate.open();
            refused
        });
        assert_eq!((refused.status, &refused.error()["code"]), (409, &json!("session_busy")));
        let again = post(bench.addr(), OPENAI, &wanted, &headers).await;
        assert_eq!((again.status, again.header("idempotent-replayed")), (200, None), "{}", again.body);
    }
}

#[tokio::test]
async fn an_answer_that_is_too_large_is_gone_and_not_made_anew() {
    let bench = Bench::start().await;
    let cases = [("large 5000000", false), ("many 5000", true)];
    for (nth, (script, stream)) in cases.into_iter().enumerate() {
        let body = body(script, stream);
        let key = format!("{nth}");
        let first = ask(bench.addr(), OPENAI, &key, &body).await;
        assert!(first.status == 200 && first.body.len() > 4_500_000);
        let again = ask(bench.addr(), OPENAI, &key, &body).await;
        assert_eq!((again.status, again.header("x-should-retry")), (410, Some("false")), "{nth}");
        assert_eq!(again.error()["code"], "idempotency_answer_gone");
        assert_eq!(bench.begun(), nth + 1);
    }
}

#[tokio::test]
async fn a_log_that_fails_takes_the_repetition_and_not_the_answer() {
    let log = Log::new();
    let begun: Arc<AtomicUsize> = Arc::default();
    let bench = Bench {
        server: TestServer::start(publish(&begun).session_store(store_of(log.clone()))).await,
        begun,
    };
    log.is_full.store(true, Ordering::SeqCst);
    let body = body("text a\nnth", false);
    let first = ask(bench.addr(), OPENAI, "k", &body).await;
    assert_eq!((first.status, first.content()), (200, "a1".to_owned()));
    log.is_full.store(false, Ordering::SeqCst);
    let again = ask(bench.addr(), OPENAI, "k", &body).await;
    assert_eq!(again.error()["code"], "idempotency_answer_gone", "{}", again.status);
    assert_eq!(bench.begun(), 1);
    log.is_blind.store(true, Ordering::SeqCst);
    let blind = ask(bench.addr(), OPENAI, "k", &body).await;
    assert_eq!((blind.status, &blind.error()["code"]), (503, &json!("idempotency_unavailable")));
    assert!(blind.header("retry-after").is_some());
}

async fn bench_with(log: &Arc<Log>) -> Bench {
    let store = FaultyStore::with_run_log(Arc::new(InMemoryStore::default()), Some(log.clone()));
    Bench::start_with(ServerConfig::default(), Some(store)).await
}

/// Sends a request again, and waits until it waits for the answer of the first, whose log there is.
async fn waits_for_first(log: &Log, addr: SocketAddr, key: &str, body: &Value) -> JoinHandle<Answer> {
    until("it has a log", async || log.limits.lock().unwrap().take().is_some()).await;
    let (before, key, body) = (log.reads(), key.to_owned(), body.clone());
    #[expect(clippy::disallowed_methods, reason = "its test waits for it")]
    let again = tokio::spawn(async move { ask(addr, OPENAI, &key, &body).await });
    // Once when it finds the run, and from then on for its answer.
    until("it waits", async || log.reads() >= before + 2).await;
    again
}

#[tokio::test]
async fn who_waits_for_an_answer_that_cannot_be_kept_is_not_told_to_ask_again() {
    let log = Log::new();
    let bench = bench_with(&log).await;
    for (nth, stream) in [true, false].into_iter().enumerate() {
        let (gate, key) = (Gate::new(), nth.to_string());
        let body = body(&format!("gate {gate}\ntext a"), stream);
        let first = ask(bench.addr(), OPENAI, &key, &body);
        let again = async {
            let again = waits_for_first(&log, bench.addr(), &key, &body).await;
            log.refuses.store(true, Ordering::SeqCst);
            gate.open();
            again.await.unwrap()
        };
        let (first, again) = tokio::join!(first, again);
        log.refuses.store(false, Ordering::SeqCst);
        assert_eq!(first.status, 200);
        for again in [again, ask(bench.addr(), OPENAI, &key, &body).await] {
            assert_eq!(
                (again.status, again.header("x-should-retry")),
                (410, Some("false")),
                "{}",
                again.body
            );
            assert_eq!(again.error()["code"], "idempotency_answer_gone");
        }
        assert_eq!(bench.begun(), nth + 1);
    }
}

#[tokio::test]
async fn who_waits_for_a_run_that_is_refused_before_it_begins_may_ask_again() {
    let log = Log::new();
    let bench = bench_with(&log).await;
    let turn = |script: &str, stream: bool| json!({ "messages": [{ "role": "user", "content": script }], "stream": stream, "session_id": "s" });
    for (key, stream) in [("a", true), ("b", false)] {
        let gate = Gate::new();
        log.limits.lock().unwrap().take();
        let (busy, wanted) = (turn(&format!("gate {gate}"), false), turn("text x", stream));
        let busy = post(bench.addr(), OPENAI, busy, &[]);
        let first = async {
            gate.reached(1).await;
            ask(bench.addr(), OPENAI, key, &wanted).await
        };
        let others = async {
            let again = waits_for_first(&log, bench.addr(), key, &wanted).await;
            let headers = [("x-alphora-concurrency", "interrupt")];
            let other = post(bench.addr(), OPENAI, turn("text y", false), &headers).await;
            (again.await.unwrap(), other)
        };
        let (_, first, (again, other)) = tokio::join!(busy, first, others);
        assert_eq!((first.status, other.status), (409, 200));
        assert_eq!((again.status, &again.error()["code"]), (409, &json!("idempotency_in_progress")));
        assert!(again.header("retry-after").is_some() && again.header("idempotent-replayed").is_none());
        let anew = ask(bench.addr(), OPENAI, key, &wanted).await;
        assert_eq!((anew.status, anew.header("idempotent-replayed")), (200, None), "{}", anew.body);
    }
}

#[tokio::test]
async fn a_key_is_claimed_for_longer_than_its_run_may_take() {
    let log = Log::new();
    let bench = bench_with(&log).await;
    assert_eq!(ask(bench.addr(), OPENAI, "k", &body("text a", false)).await.content(), "a");
    until("it is shortened", async || log.claimed.lock().unwrap().len() == 2).await;
    // The clock, the time for the session, the commit and the log, and the time for the answer.
    let kept = ServerConfig::default().idempotency_time;
    assert_eq!(*log.claimed.lock().unwrap(), [Duration::from_secs(300 + 60) + kept, kept]);
}
