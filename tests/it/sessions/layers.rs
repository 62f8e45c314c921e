//! A router in an application that knows by itself whose a request is.

use alphora::axum::Router;
use alphora::axum::extract::Request;
use alphora::axum::middleware::{Next, from_fn};
use alphora::axum::response::Response;

use alphora::Owner;
use alphora_tests::serve_router;

use super::*;

/// Knows a user by a cookie; whom it does not know it lets pass.
async fn by_cookie(mut request: Request, next: Next) -> Response {
    let cookie = request.headers().get("cookie").and_then(|cookie| cookie.to_str().ok());
    let user = cookie.and_then(|cookie| cookie.strip_prefix("user=")).map(str::to_owned);
    if let Some(user) = user {
        request.extensions_mut().insert(Owner::named(user));
    }
    next.run(request).await
}

async fn ask(addr: SocketAddr, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    exchange(addr, &request(method, path, headers, body.as_bytes())).await
}

#[tokio::test]
async fn a_layer_around_the_router_may_say_whose_a_request_is() {
    for kept in Kept::ALL {
        let router = kept.publish().environment(Environment::empty()).router().unwrap();
        let addr = serve_router(Router::new().nest("/api", router).layer(from_fn(by_cookie))).await;
        let [alice, bob, carol] = ["alice", "bob", "carol"].map(|user| format!("user={user}"));
        let [alice, bob, carol] = [&alice, &bob, &carol].map(|cookie| [("Cookie", &**cookie)]);
        let chat = |script: &str| body(script, Some("a")).to_string();
        for path in ["/api/scripted/chat/completions", "/api/v1/chat/completions"] {
            assert_eq!(ask(addr, "POST", path, &alice, &chat("remember x")).await.status, 200);
            assert_eq!(ask(addr, "POST", path, &bob, &chat("recall")).await.content(), "");
            assert_eq!(ask(addr, "POST", path, &[], &chat("recall")).await.content(), "");
        }
        let sessions = "/api/scripted/sessions";
        let own = ask(addr, "GET", &format!("{sessions}/a"), &alice, "").await;
        assert_eq!(own.json()["memory"], json!(["x", "x"]), "{kept:?}");
        let theirs = ask(addr, "GET", &format!("{sessions}/a"), &carol, "").await;
        assert_eq!((theirs.status, &theirs.error()["code"]), (404, &json!("session_not_found")));
        // Nobody in particular has none, and cannot tell that there are any.
        for method in ["GET", "DELETE", "PUT"] {
            let answer = ask(addr, method, &format!("{sessions}/a"), &[], "").await;
            assert_eq!((answer.status, &answer.error()["code"]), (404, &json!("unknown_url")));
            assert_eq!(answer.header("allow"), None, "{method}");
        }
    }
}

#[tokio::test]
async fn an_authentication_wins_over_a_layer() {
    let publisher = Kept::InThePool.publish().authenticate(by_name).environment(Environment::empty());
    let addr = serve_router(publisher.router().unwrap().layer(from_fn(by_cookie))).await;
    let both = [("Cookie", "user=alice"), ("X-User", "bob")];
    let chat = body("remember x", Some("a")).to_string();
    assert_eq!(ask(addr, "POST", AGENT, &[both[0]], &chat).await.status, 401);
    assert_eq!(ask(addr, "POST", AGENT, &both, &chat).await.status, 200);
    assert_eq!(call(addr, "GET", "/scripted/sessions/a", Some("alice")).await.status, 404);
    assert_eq!(call(addr, "GET", "/scripted/sessions/a", Some("bob")).await.status, 200);
}
