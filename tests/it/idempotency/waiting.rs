//! How many requests may wait for the answers of others.

use alphora::Limits;
use tokio::task::JoinSet;

use super::super::resumable::log::{Log, store_of};
use super::refused::Named;
use super::*;

/// So many of one owner may wait that may have fewer runs.
const MOST: usize = 64;

async fn ask_as(addr: SocketAddr, name: String, key: &'static str, body: Value) -> Answer {
    post(addr, OPENAI, body, &[("Idempotency-Key", key), ("x-name", &name)]).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn so_many_of_one_owner_wait_and_others_are_answered() {
    let key_limits = Limits { runs: Some(1), requests_per_minute: Some(1), ..Limits::default() };
    let config = ServerConfig { key_limits, ..ServerConfig::default() };
    let begun: Arc<AtomicUsize> = Arc::default();
    let server = TestServer::start(publish(&begun).server(config).authenticate(Named)).await;
    let addr = server.addr;
    for stream in [true, false] {
        let (ann, bob, gate) = (format!("ann-{stream}"), format!("bob-{stream}"), Gate::new());
        let wanted = body(&format!("gate {gate}\ntext x"), stream);
        let repetitions = |times: usize| {
            let mut asking = JoinSet::new();
            for _ in 0..times {
                asking.spawn(ask_as(addr, ann.clone(), "k", wanted.clone()));
            }
            asking
        };
        let first = ask_as(addr, ann.clone(), "k", wanted.clone());
        let others = async {
            gate.reached(1).await;
            let mut waiting = repetitions(MOST + 1);
            let refused = waiting.join_next().await.unwrap().unwrap();
            let other = body("text y", stream);
            let own = ask_as(addr, bob.clone(), "k", other.clone()).await;
            assert_repeats(&own, &ask_as(addr, bob.clone(), "k", other).await);
            gate.open();
            (refused, waiting.join_all().await)
        };
        let (first, others) = tokio::join!(first, tokio::time::timeout(PATIENCE, others));
        let (refused, waited) = others.expect("one of them is refused at once");
        let error = refused.error();
        assert_eq!((refused.status, &error["code"]), (429, &json!("rate_limit_exceeded")));
        assert_eq!(error["type"], "rate_limit_error");
        assert!(error["message"].as_str().unwrap().contains("limit 64, try again in 1s"), "{error}");
        assert_eq!(refused.header("retry-after"), Some("1"));
        assert_eq!(refused.header("x-should-retry"), None, "clients may try again by themselves");
        assert_eq!(waited.len(), MOST);
        // What is there already is given to any number.
        for again in waited.iter().chain(&repetitions(2 * MOST).join_all().await) {
            assert_repeats(&first, again);
        }
    }
    assert_eq!(begun.load(Ordering::SeqCst), 4);
}

#[tokio::test]
async fn who_waits_for_a_run_that_the_log_does_not_know_yet_is_counted_too() {
    let log = Log::new();
    let key_limits = Limits { runs: Some(1), ..Limits::default() };
    let config = ServerConfig { key_limits, ..ServerConfig::default() };
    let agent = publish(&Arc::default()).server(config).session_store(store_of(log.clone()));
    let server = TestServer::start(agent.authenticate(Named)).await;
    let wanted = body("text x", false);
    log.is_full.store(true, Ordering::SeqCst);
    let ask = || ask_as(server.addr, "ann".to_owned(), "k", wanted.clone());
    assert_eq!(ask().await.content(), "x");
    // For ten seconds its log may still come.
    let mut waiting = JoinSet::new();
    for _ in 0..=MOST {
        waiting.spawn(ask());
    }
    let refused = tokio::time::timeout(Duration::from_secs(5), waiting.join_next()).await;
    let refused = refused.expect("one of them is refused at once").unwrap().unwrap();
    assert_eq!((refused.status, &refused.error()["code"]), (429, &json!("rate_limit_exceeded")));
}
