//! What is refused: keys that are none, or were sent with another request; and what does not use a key up.

use alphora::axum::http::HeaderMap;
use alphora::{Authenticate, AuthenticateFuture, AuthenticationError, Principal};

use super::*;

#[tokio::test]
async fn what_is_no_key_is_a_400() {
    let bench = Bench::start().await;
    let long = "k".repeat(256);
    for path in [AGENT, OPENAI] {
        for key in ["", "a b", "\u{e9}", &long] {
            let answer = ask(bench.addr(), path, key, &body("nth", false)).await;
            assert_eq!(answer.status, 400, "{key}");
            let error = answer.error();
            assert_eq!(
                (&error["param"], &error["code"]),
                (&json!("Idempotency-Key"), &json!("invalid_value"))
            );
        }
        let twice = [("Idempotency-Key", "a"), ("Idempotency-Key", "a")];
        assert_eq!(post(bench.addr(), path, body("nth", false), &twice).await.status, 400);
        let contradiction = [("Idempotency-Key", "a"), ("x-alphora-on-disconnect", "cancel")];
        let answer = post(bench.addr(), path, body("nth", false), &contradiction).await;
        assert_eq!((answer.status, &answer.error()["param"]), (400, &json!("x-alphora-on-disconnect")));
    }
    assert_eq!(bench.begun(), 0);
    assert_eq!(ask(bench.addr(), AGENT, &long[1..], &body("nth", false)).await.status, 200);
}

#[tokio::test]
async fn another_request_with_the_same_key_is_a_409() {
    let bench = Bench::start().await;
    let gate = Gate::new();
    let first = body(&format!("gate {gate}\nnth"), false);
    let named =
        json!({ "messages": [{ "role": "user", "content": "nth" }], "stream": false, "session_id": "s" });
    let headers = [("Idempotency-Key", "k"), ("x-session-id", "another")];
    let under_way = ask(bench.addr(), OPENAI, "k", &first);
    let others = async {
        gate.reached(1).await;
        let others = [
            (ask(bench.addr(), OPENAI, "k", &body("nth", false)).await, "the body differs"),
            (ask(bench.addr(), OPENAI, "k", &named).await, "the body differs"),
            (ask(bench.addr(), AGENT, "k", &first).await, "the path differs"),
            (post(bench.addr(), OPENAI, &first, &headers).await, "the session differs"),
        ];
        gate.open();
        others
    };
    let (answer, others) = tokio::join!(under_way, others);
    assert_eq!(answer.content(), "1");
    let after = ask(bench.addr(), OPENAI, "k", &body("nth", true)).await;
    for (other, what) in others.iter().chain([&(after, "the body differs")]) {
        assert_eq!((other.status, other.header("x-should-retry")), (409, Some("false")), "{}", other.body);
        let error = other.error();
        assert_eq!(
            (&error["type"], &error["code"]),
            (&json!("conflict_error"), &json!("idempotency_key_reused"))
        );
        assert!(error["message"].as_str().unwrap().contains(what), "{error}");
    }
    // The same body, whose client takes another form of the answer.
    let body = json!({ "messages": [{ "role": "user", "content": "nth" }] });
    let accepting = |accept| [("Idempotency-Key", "form"), ("accept", accept)];
    let stream = post(bench.addr(), AGENT, &body, &accepting("text/event-stream")).await;
    assert_eq!(stream.status, 200);
    let whole = post(bench.addr(), AGENT, &body, &accepting("application/json")).await;
    assert_eq!(whole.status, 409, "{}", whole.body);
    assert_eq!(bench.begun(), 2);
}

/// Believes whoever says who they are.
pub(super) struct Named;

impl Authenticate for Named {
    fn authenticate<'a>(&'a self, headers: &'a HeaderMap) -> AuthenticateFuture<'a> {
        Box::pin(async {
            match headers.get("x-name").and_then(|name| name.to_str().ok()) {
                Some(name) => Ok(Some(Principal::new(name))),
                None => Err(AuthenticationError::Unauthenticated("who are you".into())),
            }
        })
    }
}

#[tokio::test]
async fn a_key_is_its_owners_own() {
    let begun: Arc<AtomicUsize> = Arc::default();
    let server = TestServer::start(publish(&begun).authenticate(Named)).await;
    let body = body("nth", false);
    let ask = async |name: &str| {
        post(server.addr, OPENAI, &body, &[("Idempotency-Key", "k"), ("x-name", name)]).await
    };
    let (one, other) = (ask("one").await, ask("other").await);
    assert_eq!((one.content(), other.content()), ("1".to_owned(), "2".to_owned()));
    assert_repeats(&one, &ask("one").await);
    assert_repeats(&other, &ask("other").await);
    let nobody = post(server.addr, OPENAI, &body, &[("Idempotency-Key", "k")]).await;
    assert_eq!(nobody.status, 401, "a repetition is authenticated like any other request");
}

#[tokio::test]
async fn what_was_refused_before_it_ran_has_not_used_its_key() {
    // As many runs as there may be.
    let bench = Bench::start_with(ServerConfig { max_runs: 1, ..ServerConfig::default() }, None).await;
    let (addr, wanted) = (bench.addr(), body("nth", false));
    let meanwhile = async || {
        let gate = Gate::new();
        let busy = body(&format!("gate {gate}"), false);
        let (_, answer) = tokio::join!(post(addr, OPENAI, busy, &[]), async {
            gate.reached(1).await;
            let answer = ask(addr, OPENAI, "k", &wanted).await;
            gate.open();
            answer
        });
        answer
    };
    let refused = meanwhile().await;
    assert_eq!((refused.status, &refused.error()["code"]), (429, &json!("server_overloaded")));
    let again = ask(addr, OPENAI, "k", &wanted).await;
    assert_eq!((again.content(), again.header("idempotent-replayed")), ("2".to_owned(), None));
    // A repetition takes no place among the runs.
    assert_repeats(&again, &meanwhile().await);
    // What cannot be read has no key.
    let wrong = json!({ "messages": 7 });
    assert_eq!(ask(addr, OPENAI, "wrong", &wrong).await.status, 400);
    assert_eq!(ask(addr, OPENAI, "wrong", &wanted).await.status, 200);
}

#[tokio::test]
async fn a_repetition_is_not_charged() {
    let server = ServerConfig { requests_per_minute: Some(2), ..ServerConfig::default() };
    let bench = Bench::start_with(server, None).await;
    let wanted = body("nth", false);
    let first = ask(bench.addr(), OPENAI, "a", &wanted).await;
    for _ in 0..5 {
        assert_repeats(&first, &ask(bench.addr(), OPENAI, "a", &wanted).await);
    }
    assert_eq!(ask(bench.addr(), OPENAI, "b", &wanted).await.status, 200);
    let refused = ask(bench.addr(), OPENAI, "c", &wanted).await;
    assert_eq!(refused.status, 429, "{}", refused.body);
    assert_repeats(&first, &ask(bench.addr(), OPENAI, "a", &wanted).await);
    assert_eq!(bench.begun(), 2);
}
