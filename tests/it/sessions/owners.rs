//! Whose a request is: who is let in, and what belongs to whom.

use alphora::{Authenticate, AuthenticateFuture};
use alphora_tests::Connection;

use super::*;

#[tokio::test]
async fn one_id_is_a_session_of_each_owner() {
    for kept in Kept::ALL {
        let server = kept.with_owners().await;
        for (user, path) in [("alice", AGENT), ("bob", OPENAI)] {
            let script = format!("remember {user}");
            let answer = post(server.addr, path, body(&script, Some("a")), &[("X-User", user)]).await;
            assert_eq!((answer.status, answer.header("x-session-id")), (200, Some("a")));
        }
        for user in ["alice", "bob"] {
            assert_eq!(turn(server.addr, user, "a", "recall").await.content(), user, "{kept:?}");
        }
        assert_eq!(turn(server.addr, "carol", "a", "recall").await.content(), "");
    }
}

#[tokio::test]
async fn a_request_that_nobody_signed_is_refused() {
    let publisher = Kept::InThePool.publish().authenticate(by_name).allow_origin("http://localhost:3000");
    let server = TestServer::start(publisher).await;
    let run = format!("cmpl-{}", "0".repeat(32));
    let guarded = [
        ("POST", AGENT.to_owned()),
        ("POST", OPENAI.to_owned()),
        ("GET", "/v1/models".to_owned()),
        ("GET", "/v1/models/Scripted".to_owned()),
        ("GET", "/scripted/models".to_owned()),
        ("POST", format!("/v1/runs/{run}/cancel")),
        ("POST", format!("/scripted/runs/{run}/cancel")),
        ("GET", format!("/scripted/runs/{run}/events")),
        ("GET", "/scripted/sessions".to_owned()),
        ("GET", "/scripted/sessions/a".to_owned()),
        ("DELETE", "/scripted/sessions/a".to_owned()),
        ("GET", "/scripted/sessions/a/export".to_owned()),
        ("PUT", "/scripted/sessions/a".to_owned()),
    ];
    for (method, path) in &guarded {
        let answer = call(server.addr, method, path, None).await;
        assert_eq!((answer.status, answer.header("www-authenticate")), (401, Some("Bearer")), "{path}");
        let error = answer.error();
        assert_eq!(error["code"], "invalid_api_key");
        assert_eq!(error["type"], "invalid_request_error");
        assert!(answer.header("x-request-id").is_some() && answer.header("x-session-id").is_none());
        assert_ne!(call(server.addr, method, path, Some("alice")).await.status, 401, "{path}");
    }
    for open in ["/health", "/ready", "/openapi.json", "/docs", "/scripted/health"] {
        assert_eq!(get(server.addr, open).await.status, 200, "{open}");
    }
    // What comes from a page takes another way.
    let from_page = [("Origin", "http://localhost:3000")];
    let refused = post(server.addr, OPENAI, body("text x", None), &from_page).await;
    let allowed = refused.header("access-control-allow-origin");
    assert_eq!((refused.status, allowed), (401, Some("http://localhost:3000")));
}

#[tokio::test]
async fn a_refusal_may_have_words_of_its_own() {
    let publisher =
        Kept::InThePool.publish().authenticate(|_: &HeaderMap| -> Result<Principal, AuthenticationError> {
            Err(AuthenticationError::Unauthenticated("the shop is closed".into()))
        });
    let server = TestServer::start(publisher).await;
    let answer = post(server.addr, AGENT, body("text x", None), &[]).await;
    assert_eq!((answer.status, &answer.error()["message"]), (401, &json!("the shop is closed")));
}

#[tokio::test]
async fn an_authentication_that_panics_is_a_failure_of_one_request() {
    let publisher = Kept::InThePool.publish().authenticate(|headers: &HeaderMap| {
        assert!(headers.contains_key("x-user"), "nobody thought of that");
        by_name(headers)
    });
    let server = TestServer::start(publisher).await;
    for path in [AGENT, OPENAI] {
        let answer = post(server.addr, path, body("text x", None), &[]).await;
        assert_eq!((answer.status, &answer.error()["code"]), (500, &json!("internal_error")));
        assert!(!answer.body.contains("nobody thought"));
    }
    assert_eq!(call(server.addr, "GET", "/v1/models", None).await.status, 500);
    assert_eq!(turn(server.addr, "alice", "a", "text x").await.content(), "x");
}

/// Lets who is called `-` in as nobody.
struct OrNobody;

impl Authenticate for OrNobody {
    fn authenticate<'a>(&'a self, headers: &'a HeaderMap) -> AuthenticateFuture<'a> {
        Box::pin(async {
            by_name(headers).map(|principal| Some(principal).filter(|known| known.name() != "-"))
        })
    }
}

#[tokio::test]
async fn owners_choose_ids_on_any_address() {
    let publisher = Kept::InThePool.publish().authenticate(OrNobody);
    let publisher = publisher.environment(Environment::empty()).without_banner();
    let server = publisher.bind("0.0.0.0:0").await.unwrap();
    let addr = SocketAddr::from(([127, 0, 0, 1], server.local_addr().port()));
    let asking = async {
        turn(addr, "alice", "mine", "remember one").await;
        let nobody = post(addr, OPENAI, body("text x", Some("mine")), &[("X-User", "-")]).await;
        assert_eq!((nobody.status, &nobody.error()["param"]), (400, &json!("session_id")));
        // Whom the hook lets in without a name has no endpoints either.
        assert_eq!(call(addr, "GET", "/scripted/sessions", Some("-")).await.status, 404);
    };
    tokio::select! {
        () = asking => {}
        () = server.run_until(std::future::pending()) => {}
    }
}

#[tokio::test]
async fn nobody_ends_or_reads_anothers_run() {
    let server = Kept::InThePool.with_owners().await;
    let never = format!("cmpl-{}", "0".repeat(32));
    for resumable in ["0", "1"] {
        let headers = [("X-User", "alice"), ("X-Alphora-Resumable", resumable)];
        let body = json!({ "messages": [{ "role": "user", "content": "text begun\nhang" }], "stream": true });
        let bytes = request("POST", AGENT, &headers, body.to_string().as_bytes());
        let mut run = Connection::send(server.addr, &bytes).await.unwrap();
        let head = run.until("begun").await.unwrap();
        let id = head.split_once("x-run-id: ").unwrap().1.split("\r\n").next().unwrap();
        for surface in ["/v1", "/scripted"] {
            for (method, what) in [("POST", "cancel"), ("GET", "events")] {
                let of = |id: &str| format!("{surface}/runs/{id}/{what}");
                let theirs = call(server.addr, method, &of(id), Some("bob")).await;
                let nothing = call(server.addr, method, &of(&never), Some("bob")).await;
                assert_eq!((theirs.status, &theirs.error()["code"]), (404, &json!("run_not_found")));
                assert_eq!(theirs.body, nothing.body);
            }
        }
        let ready = call(server.addr, "GET", "/ready", Some("alice")).await;
        assert_eq!(ready.json()["runs"], 1, "it goes on");
        let own = call(server.addr, "POST", &format!("/scripted/runs/{id}/cancel"), Some("alice")).await;
        assert_eq!(own.status, 202);
        assert!(String::from_utf8(run.rest().await.unwrap()).unwrap().contains("run_cancelled"));
    }
}
