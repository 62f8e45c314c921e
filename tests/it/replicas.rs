//! Several servers that share one store: one conversation, whoever answers.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use alphora::session::store::{
    Begun, Change, Claim, Commit, InMemoryStore, SessionStore, StoreLimits, StoredSession,
};
use alphora::{Owner, ServerConfig, SessionId, SessionKey};
use alphora_tests::faulty_store::{Fault, FaultyStore};
use alphora_tests::{Answer, Gate, PATIENCE, Scripted, TestServer, post, until};
use serde_json::{Value, json};

const PATH: &str = "/scripted/chat/completions";

/// Long enough that nobody loses a lease by accident, and renewed each fifth of it.
const LEASE: Duration = Duration::from_millis(1500);

fn store() -> Arc<dyn SessionStore> {
    Arc::new(InMemoryStore::new(StoreLimits::default()))
}

async fn serve(store: Arc<dyn SessionStore>) -> TestServer {
    let server = ServerConfig { session_lease: LEASE, ..ServerConfig::default() };
    TestServer::start(alphora::publish(Scripted::new(Arc::default())).server(server).session_store(store))
        .await
}

fn body(script: &str, session: Option<&str>, stream: bool) -> Value {
    json!({ "messages": [{ "role": "user", "content": script }], "stream": stream, "session_id": session })
}

async fn ask(server: &TestServer, script: &str) -> Answer {
    post(server.addr, PATH, body(script, Some("s"), false), &[]).await
}

async fn said(server: &TestServer, script: &str) -> String {
    let answer = ask(server, script).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.content()
}

fn code(answer: &Answer) -> String {
    let body: Value = serde_json::from_str(&answer.body).unwrap();
    body["error"]["code"].as_str().unwrap_or_default().to_owned()
}

fn key() -> SessionKey {
    SessionKey::new("Scripted", Owner::anonymous(), SessionId::parse("s").unwrap())
}

async fn stored(store: &Arc<dyn SessionStore>) -> Option<StoredSession> {
    store.read(&key()).await.unwrap()
}

#[tokio::test]
async fn each_turn_may_be_answered_by_another_server() {
    let store = store();
    let servers = [serve(store.clone()).await, serve(store.clone()).await, serve(store).await];
    let mut expected = Vec::new();
    for turn in 0..12 {
        said(&servers[turn % 3], &format!("remember {turn}")).await;
        expected.push(turn.to_string());
        assert_eq!(said(&servers[(turn + 1) % 3], "recall").await, expected.join(","));
        // The same server twice: it knows the session still.
        assert_eq!(said(&servers[(turn + 1) % 3], "recall").await, expected.join(","));
    }
}

#[tokio::test]
async fn turns_on_different_servers_wait_for_one_another() {
    let store = store();
    let (one, other) = (serve(store.clone()).await, serve(store).await);
    let all = (0..10).map(|turn| {
        let server = if turn % 2 == 0 { &one } else { &other };
        async move { said(server, &format!("sleep 20\nremember {turn}\nrecall")).await }
    });
    let answers = join_all(all).await;
    let mut last: Vec<String> = said(&one, "recall").await.split(',').map(str::to_owned).collect();
    // Each answer has what the turns before it have made, and nothing else.
    for answer in &answers {
        assert!(last.join(",").starts_with(answer), "{answer} is no beginning of {last:?}");
    }
    last.sort();
    assert_eq!(last, ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
}

/// Polls all of them in one task.
async fn join_all<T>(futures: impl IntoIterator<Item = impl Future<Output = T>>) -> Vec<T> {
    let mut waiting: Vec<_> = futures.into_iter().map(|future| (Box::pin(future), None)).collect();
    std::future::poll_fn(|context| {
        for (future, done) in &mut waiting {
            if done.is_none()
                && let std::task::Poll::Ready(value) = future.as_mut().poll(context)
            {
                *done = Some(value);
            }
        }
        if waiting.iter().all(|(_, done)| done.is_some()) {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    waiting.into_iter().filter_map(|(_, done)| done).collect()
}

#[tokio::test]
async fn a_turn_that_may_not_wait_is_refused_by_any_server() {
    let store = store();
    let (one, other) = (serve(store.clone()).await, serve(store).await);
    let gate = Gate::new();
    let slow = format!("gate {gate}\nremember slow");
    let refused = async {
        gate.reached(1).await;
        let reject = [("x-alphora-concurrency", "reject")];
        let refused = post(other.addr, PATH, body("recall", Some("s"), false), &reject).await;
        gate.open();
        refused
    };
    let (slow, refused) = tokio::join!(ask(&one, &slow), refused);
    assert_eq!((slow.status, refused.status, code(&refused).as_str()), (200, 409, "session_busy"));
    assert!(refused.header("retry-after").is_some());
}

#[tokio::test]
async fn a_later_turn_ends_an_earlier_one_on_another_server() {
    for (policy, remembered) in [("interrupt", "first"), ("rollback", "")] {
        let store = store();
        let (one, other) = (serve(store.clone()).await, serve(store).await);
        let gate = Gate::new();
        let earlier = format!("remember first\ngate {gate}");
        let later = async {
            gate.reached(1).await;
            let begun = Instant::now();
            let answer = post(
                other.addr,
                PATH,
                body("recall", Some("s"), false),
                &[("x-alphora-concurrency", policy)],
            )
            .await;
            assert!(begun.elapsed() < Duration::from_secs(5), "{policy}: {:?}", begun.elapsed());
            answer
        };
        let (earlier, later) = tokio::join!(ask(&one, &earlier), later);
        assert_eq!((earlier.status, code(&earlier).as_str()), (409, "run_superseded"), "{policy}");
        assert_eq!((later.status, later.content().as_str()), (200, remembered), "{policy}");
    }
}

#[tokio::test]
async fn a_store_that_is_down_is_said_and_nothing_is_lost() {
    let store = FaultyStore::new(store());
    let server = serve(store.clone()).await;
    said(&server, "remember one").await;
    store.set(Fault::Down);
    let refused = ask(&server, "remember two").await;
    assert_eq!((refused.status, code(&refused).as_str()), (503, "session_store_unavailable"));
    assert_eq!(refused.header("retry-after"), Some("1"));
    assert!(!refused.body.contains("it is down"), "where the store is and what it says is for the log");
    store.set(Fault::None);
    assert_eq!(said(&server, "recall").await, "one");
}

#[tokio::test]
async fn a_commit_whose_answer_is_lost_is_made_once() {
    let faulty = FaultyStore::new(store());
    let server = serve(faulty.clone()).await;
    let gate = Gate::new();
    let turn = format!("gate {gate}\nremember one");
    let trouble = async {
        gate.reached(1).await;
        faulty.set(Fault::LosesAnswers);
        gate.open();
        until("it is committed again", async || faulty.commits() >= 2).await;
        faulty.set(Fault::None);
    };
    let (answer, ()) = tokio::join!(ask(&server, &turn), trouble);
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(said(&server, "recall").await, "one");
}

#[tokio::test]
async fn a_turn_of_which_nobody_knows_whether_it_is_stored_is_not_to_be_tried_again() {
    let faulty = FaultyStore::new(store());
    let server = serve(faulty.clone()).await;
    let gate = Gate::new();
    let turn = format!("gate {gate}\nremember one");
    let trouble = async {
        gate.reached(1).await;
        faulty.set(Fault::LosesAnswers);
        gate.open();
    };
    let (answer, ()) = tokio::join!(ask(&server, &turn), trouble);
    assert_eq!((answer.status, code(&answer).as_str()), (503, "session_unsettled"));
    assert_eq!((answer.header("x-should-retry"), answer.header("retry-after")), (Some("false"), None));
    faulty.set(Fault::None);
    assert_eq!(said(&server, "recall").await, "one");
}

#[tokio::test]
async fn a_server_that_was_cut_off_for_too_long_stores_nothing() {
    let store = store();
    let faulty = FaultyStore::new(store.clone());
    let (cut_off, other) = (serve(faulty.clone()).await, serve(store).await);
    said(&other, "remember before").await;
    let gate = Gate::new();
    let late = format!("gate {gate}\nremember late");
    let quick = async {
        gate.reached(1).await;
        faulty.set(Fault::CutOff);
        said(&other, "remember quick").await;
        gate.open();
    };
    let (late, ()) = tokio::join!(ask(&cut_off, &late), quick);
    assert_eq!((late.status, code(&late).as_str()), (409, "session_conflict"));
    faulty.set(Fault::None);
    assert_eq!(said(&cut_off, "recall").await, "before,quick");
}

#[tokio::test]
async fn a_turn_that_has_lost_its_session_is_ended_when_it_is_known() {
    let store = store();
    let faulty = FaultyStore::new(store.clone());
    let (cut_off, other) = (serve(faulty.clone()).await, serve(store).await);
    // It stays closed: the turn does not end by itself.
    let gate = Gate::new();
    let late = format!("gate {gate}\nremember late");
    let quick = async {
        gate.reached(1).await;
        faulty.set(Fault::CutOff);
        said(&other, "remember quick").await;
        faulty.set(Fault::None);
    };
    let both = async { tokio::join!(ask(&cut_off, &late), quick) };
    let (late, ()) = tokio::time::timeout(PATIENCE, both).await.expect("the turn is ended");
    assert_eq!((late.status, code(&late).as_str()), (409, "session_conflict"));
}

#[tokio::test]
async fn a_client_that_leaves_gives_its_session_back() {
    let store = store();
    let (one, other) = (serve(store.clone()).await, serve(store).await);
    for leaves_after in [1, 20, 100] {
        let left = ask(&one, "sleep 20000");
        drop(tokio::time::timeout(Duration::from_millis(leaves_after), left).await);
        let begun = Instant::now();
        said(&other, "recall").await;
        assert!(begun.elapsed() < LEASE, "{:?}", begun.elapsed());
    }
}

#[tokio::test]
async fn a_client_that_leaves_while_the_store_is_asked_gives_its_session_back() {
    let store = store();
    let faulty = FaultyStore::new(store.clone());
    let (one, other) = (serve(faulty.clone()).await, serve(store.clone()).await);
    said(&one, "remember one").await;
    for leaves_after in [10, 30, 80] {
        faulty.set_delay(Duration::from_millis(50));
        drop(tokio::time::timeout(Duration::from_millis(leaves_after), ask(&one, "sleep 20000")).await);
        faulty.set_delay(Duration::ZERO);
        until("it does not expire soon", async || {
            let expires = stored(&store).await.unwrap().summary.expires;
            expires.duration_since(SystemTime::now()).is_ok_and(|left| left > Duration::from_secs(600))
        })
        .await;
        let begun = Instant::now();
        assert_eq!(said(&other, "recall").await, "one");
        assert!(begun.elapsed() < LEASE, "{:?}", begun.elapsed());
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_an_error_and_stays_as_it_is() {
    let store = store();
    let server = serve(store.clone()).await;
    for (turn, format, snapshot) in [(1, 99, "[]"), (2, 1, "{\"another\":\"type\"}"), (3, 1, "no json")] {
        let claim = Claim { turn, lease: LEASE, ttl: Duration::from_secs(60), known: None, named: true };
        let Begun::Granted { lease, .. } = store.begin(&key(), &claim).await.unwrap() else { panic!() };
        let change = Change::Replace { format, snapshot: snapshot.into() };
        store.commit(&key(), &lease, &Commit { change, ttl: Duration::from_secs(60) }).await.unwrap();
        let before = stored(&store).await.unwrap().record;
        for _ in 0..2 {
            let refused = ask(&server, "remember one").await;
            assert_eq!((refused.status, code(&refused).as_str()), (500, "session_unreadable"), "{snapshot}");
            assert_eq!(stored(&store).await.unwrap().record, before);
        }
    }
}

#[tokio::test]
async fn a_session_that_no_client_named_can_be_gone_on_with_anywhere() {
    let store = store();
    let (one, other) = (serve(store.clone()).await, serve(store).await);
    let first = post(one.addr, PATH, body("remember one", None, false), &[]).await;
    let id = first.header("x-session-id").unwrap();
    let second = post(other.addr, PATH, body("recall", Some(id), false), &[]).await;
    assert_eq!((second.content().as_str(), second.header("x-session-id")), ("one", Some(id)));
}

#[tokio::test]
async fn the_end_of_an_answer_comes_after_the_commit() {
    let store = store();
    let faulty = FaultyStore::new(store.clone());
    let server = serve(faulty.clone()).await;
    for version in 1..=5 {
        faulty.set_delay(Duration::from_millis(20 * version));
        let answer = post(server.addr, PATH, body("text a\nremember b", Some("s"), true), &[]).await;
        assert!(answer.body.ends_with("data: [DONE]\n\n"), "{}", answer.body);
        assert_eq!(stored(&store).await.unwrap().summary.version, version);
    }
}

#[tokio::test]
async fn a_server_that_stops_leaves_no_lease_behind() {
    let store = store();
    let (mut one, other) = (serve(store.clone()).await, serve(store).await);
    let answer = ask(&one, "remember one").await;
    assert_eq!(answer.status, 200);
    one.tell_to_stop();
    one.stopped().await;
    let begun = Instant::now();
    assert_eq!(said(&other, "recall").await, "one");
    assert!(begun.elapsed() < LEASE);
}
