//! The endpoints of an owner's sessions: list, read, export, delete.

use alphora::prelude::*;
use alphora_tests::ScriptedConfig;
use alphora_tests::faulty_store::{Fault, FaultyStore};

use super::*;

const SESSIONS: &str = "/scripted/sessions";

async fn list(server: &TestServer, query: &str) -> Value {
    let answer = call(server.addr, "GET", &format!("{SESSIONS}?{query}"), Some("alice")).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()
}

fn ids(list: &Value) -> Vec<&str> {
    list["data"].as_array().unwrap().iter().map(|session| session["id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_list_comes_in_pages() {
    for kept in Kept::ALL {
        let server = kept.with_owners().await;
        let empty =
            json!({ "object": "list", "data": [], "first_id": null, "last_id": null, "has_more": false });
        assert_eq!(list(&server, "").await, empty);
        turn(server.addr, "bob", "of-bob", "remember x").await;
        for id in ["c", "a:b", "a~", "B", "a"] {
            turn(server.addr, "alice", id, "remember x").await;
        }
        let all = list(&server, "").await;
        assert_eq!(ids(&all), ["B", "a", "a:b", "a~", "c"], "{kept:?}");
        assert_eq!((&all["first_id"], &all["last_id"]), (&json!("B"), &json!("c")));
        assert_eq!((&all["object"], &all["has_more"]), (&json!("list"), &json!(false)));
        // A page may be shorter than it was asked for: what counts is that all come, once and in order.
        let (mut seen, mut after) = (Vec::new(), String::new());
        loop {
            let page = list(&server, &format!("limit=2&after={}", after.replace(':', "%3A"))).await;
            assert!(page["data"].as_array().unwrap().len() <= 2);
            seen.extend(ids(&page).into_iter().map(str::to_owned));
            if page["has_more"] == false {
                break;
            }
            page["last_id"].as_str().unwrap().clone_into(&mut after);
        }
        assert_eq!(seen, ids(&all));
        assert_eq!(ids(&list(&server, "after=zzz").await), [""; 0]);
    }
}

#[tokio::test]
async fn parameters_that_are_none_are_named() {
    let server = Kept::InAStore.with_owners().await;
    for (query, param) in
        [("limit=0", "limit"), ("limit=101", "limit"), ("limit=x", "limit"), ("after=a/b", "after")]
    {
        let answer = call(server.addr, "GET", &format!("{SESSIONS}?{query}"), Some("alice")).await;
        assert_eq!((answer.status, &answer.error()["param"]), (400, &json!(param)), "{query}");
        assert_eq!(answer.error()["code"], "invalid_value");
    }
    for id in ["a%2Fb", "%20", "%ff", &"x".repeat(129)] {
        for method in ["GET", "DELETE"] {
            let answer = call(server.addr, method, &format!("{SESSIONS}/{id}"), Some("alice")).await;
            assert_eq!((answer.status, &answer.error()["param"]), (400, &json!("session_id")), "{id}");
            assert_eq!(answer.header("x-session-id"), None);
        }
    }
}

#[tokio::test]
async fn a_session_is_read_and_exported() {
    for kept in Kept::ALL {
        let server = kept.with_owners().await;
        turn(server.addr, "alice", "a:b~c", "remember one").await;
        turn(server.addr, "alice", "a:b~c", "remember two").await;
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
        for path in ["a:b~c", "a%3ab%7Ec"] {
            let read = call(server.addr, "GET", &format!("{SESSIONS}/{path}"), Some("alice")).await;
            let session = read.json();
            assert_eq!((read.status, &session["memory"]), (200, &json!(["one", "two"])), "{kept:?}");
            assert_eq!((&session["id"], &session["object"]), (&json!("a:b~c"), &json!("session")));
            assert_eq!((&session["version"], read.header("x-session-id")), (&json!(2), Some("a:b~c")));
            assert_eq!(read.header("cache-control"), Some("no-store"));
            assert!(session["bytes"].as_u64().unwrap() >= 13);
            for (key, offset) in [("created_at", 0), ("last_used_at", 0), ("expires_at", 3600)] {
                assert!(session[key].as_u64().unwrap().abs_diff(now + offset) < 60, "{key}: {session}");
            }
            let mut summary = session.as_object().unwrap().clone();
            summary.remove("memory");
            let listed = list(&server, "").await;
            assert_eq!(listed["data"][0]["id"], summary["id"]);
            assert_eq!(
                listed["data"][0].as_object().unwrap().keys().collect::<Vec<_>>(),
                summary.keys().collect::<Vec<_>>()
            );
        }
        let export = call(server.addr, "GET", &format!("{SESSIONS}/a:b~c/export"), Some("alice")).await;
        assert_eq!(export.header("content-disposition"), Some("attachment; filename=\"session-a_b_c.json\""));
        assert_eq!(export.json()["memory"], json!(["one", "two"]));
        let head = call(server.addr, "HEAD", &format!("{SESSIONS}/a:b~c"), Some("alice")).await;
        assert_eq!((head.status, head.body.as_str()), (200, ""));
    }
}

#[tokio::test]
async fn a_deleted_session_is_gone_and_its_id_begins_anew() {
    for kept in Kept::ALL {
        let server = kept.with_owners().await;
        turn(server.addr, "alice", "a", "remember one").await;
        let path = format!("{SESSIONS}/a");
        let deleted = call(server.addr, "DELETE", &path, Some("alice")).await;
        assert_eq!(deleted.status, 200, "{kept:?}");
        assert_eq!(deleted.json(), json!({ "id": "a", "object": "session.deleted", "deleted": true }));
        for (method, path) in
            [("DELETE", path.clone()), ("GET", path.clone()), ("GET", format!("{path}/export"))]
        {
            let gone = call(server.addr, method, &path, Some("alice")).await;
            assert_eq!((gone.status, &gone.error()["code"]), (404, &json!("session_not_found")), "{path}");
            assert_eq!(gone.header("x-session-id"), Some("a"));
        }
        assert_eq!(ids(&list(&server, "").await), [""; 0]);
        assert_eq!(turn(server.addr, "alice", "a", "recall\nremember two").await.content(), "");
        assert_eq!(ids(&list(&server, "").await), ["a"]);
    }
}

#[tokio::test]
async fn a_turn_whose_session_is_deleted_is_not_stored() {
    for kept in Kept::ALL {
        let server = kept.with_owners().await;
        turn(server.addr, "alice", "a", "remember one").await;
        let (addr, gate) = (server.addr, Gate::new());
        let script = format!("remember two\ngate {gate}");
        #[expect(clippy::disallowed_methods, reason = "the task is awaited below")]
        let running = tokio::spawn(async move {
            post(addr, OPENAI, body(&script, Some("a")), &[("X-User", "alice")]).await
        });
        gate.reached(1).await;
        assert_eq!(call(addr, "DELETE", &format!("{SESSIONS}/a"), Some("alice")).await.status, 200);
        gate.open();
        let refused = running.await.unwrap();
        assert_eq!((refused.status, refused.header("x-session-id")), (409, Some("a")), "{kept:?}");
        assert_eq!(refused.error()["code"], "session_conflict", "{kept:?}: {}", refused.body);
        // It has run, and would run again.
        let repeats = (refused.header("x-should-retry"), refused.header("retry-after"));
        assert_eq!(repeats, (Some("false"), None), "{kept:?}");
        assert_eq!(call(addr, "GET", &format!("{SESSIONS}/a"), Some("alice")).await.status, 404, "{kept:?}");
    }
}

#[tokio::test]
async fn without_owners_the_paths_are_unknown() {
    let server = TestServer::start(Kept::InThePool.publish()).await;
    turn(server.addr, "alice", "a", "remember one").await;
    for path in ["/scripted/sessions", "/scripted/sessions/a", "/scripted/sessions/a/export"] {
        for method in ["GET", "DELETE", "PUT", "POST", "OPTIONS"] {
            let answer = call(server.addr, method, path, None).await;
            assert_eq!(
                (answer.status, &answer.error()["code"]),
                (404, &json!("unknown_url")),
                "{method} {path}"
            );
            assert_eq!(answer.header("allow"), None);
        }
    }
    let document = get(server.addr, "/openapi.json").await.json();
    assert!(document["paths"].get("/scripted/sessions").is_none());
}

#[tokio::test]
async fn one_setting_opens_the_sessions_of_nobody() {
    for kept in Kept::ALL {
        let config = ServerConfig { session_endpoints: true, ..ServerConfig::default() };
        let server = TestServer::start(kept.publish().server(config)).await;
        turn(server.addr, "alice", "a", "remember one").await;
        assert_eq!(ids(&call(server.addr, "GET", SESSIONS, None).await.json()), ["a"], "{kept:?}");
        let path = format!("{SESSIONS}/a");
        assert_eq!(call(server.addr, "GET", &path, None).await.json()["memory"], json!(["one"]));
        assert_eq!(call(server.addr, "DELETE", &path, None).await.status, 200);
        let document = get(server.addr, "/openapi.json").await.json();
        assert!(document["paths"]["/scripted/sessions/{id}"]["delete"].is_object());
    }
}

#[agent]
struct Forgetful;

#[agent(path = "/forgetful")]
impl Forgetful {
    async fn run(&self, _request: OpenAIRequest) -> &'static str {
        "who are you?"
    }
}

#[tokio::test]
async fn an_agent_without_memory_has_none_of_them() {
    let server = TestServer::start(alphora::publish(Forgetful).authenticate(by_name)).await;
    for path in ["/forgetful/sessions", "/forgetful/sessions/a"] {
        let answer = call(server.addr, "GET", path, Some("alice")).await;
        assert_eq!((answer.status, &answer.error()["code"]), (404, &json!("unknown_url")));
    }
}

#[tokio::test]
async fn other_methods_are_refused_and_listed() {
    let server = Kept::InAStore.with_owners().await;
    for (path, allowed) in [("", "GET,HEAD"), ("/a", "DELETE,GET,HEAD"), ("/a/export", "GET,HEAD")] {
        let answer = call(server.addr, "PATCH", &format!("{SESSIONS}{path}"), Some("alice")).await;
        let mut allow: Vec<_> = answer.header("allow").unwrap().split(',').collect();
        allow.sort_unstable();
        assert_eq!((answer.status, allow.join(",").as_str()), (405, allowed));
    }
}

#[tokio::test]
async fn an_agent_at_the_root_and_one_of_several_have_them_too() {
    let root = ScriptedConfig { path: "/".to_owned(), ..Default::default() };
    let publisher = Kept::InAStore.publish().config(root).and(Forgetful).authenticate(by_name);
    let server = TestServer::start(publisher).await;
    let asked = json!({ "model": "Scripted", "messages": [{ "role": "user", "content": "remember x" }], "session_id": "a" });
    assert_eq!(post(server.addr, OPENAI, asked, &[("X-User", "alice")]).await.status, 200);
    assert_eq!(ids(&call(server.addr, "GET", "/sessions", Some("alice")).await.json()), ["a"]);
    assert_eq!(call(server.addr, "GET", "/sessions/a", Some("alice")).await.json()["memory"], json!(["x"]));
}

#[test]
fn paths_that_would_hide_the_sessions_of_another_agent_are_refused() {
    let root = ScriptedConfig { path: "/".to_owned(), ..Default::default() };
    let publisher = Kept::InThePool.publish().config(root).and(Forgetful);
    let below = ForgetfulConfig { path: "/sessions".to_owned(), ..Default::default() };
    let error = publisher.config(below).environment(Environment::empty()).router().unwrap_err().to_string();
    assert!(error.contains("/sessions/*"), "{error}");
}

#[tokio::test]
async fn pages_may_delete_only_where_there_is_something_to_delete() {
    let origin = "http://localhost:3000";
    let asked = [("Origin", origin), ("Access-Control-Request-Method", "DELETE")];
    for owners in [true, false] {
        let publisher = Kept::InAStore.publish().allow_origin(origin);
        let publisher = if owners { publisher.authenticate(by_name) } else { publisher };
        let server = TestServer::start(publisher).await;
        let answer = exchange(server.addr, &request("OPTIONS", &format!("{SESSIONS}/a"), &asked, b"")).await;
        let allowed = answer.header("access-control-allow-methods").unwrap();
        assert_eq!((answer.status, allowed.contains("DELETE")), (200, owners), "{allowed}");
    }
}

#[tokio::test]
async fn a_store_that_is_down_says_when_to_try_again() {
    let store = FaultyStore::new(Arc::new(InMemoryStore::new(StoreLimits::default())));
    let publisher = Kept::InThePool.publish().session_store(store.clone()).authenticate(by_name);
    let server = TestServer::start(publisher).await;
    turn(server.addr, "alice", "a", "remember one").await;
    store.set(Fault::Down);
    for (method, path) in [("GET", ""), ("GET", "/a"), ("GET", "/a/export"), ("DELETE", "/a")] {
        let answer = call(server.addr, method, &format!("{SESSIONS}{path}"), Some("alice")).await;
        assert_eq!((answer.status, &answer.error()["code"]), (503, &json!("session_store_unavailable")));
        assert!(answer.header("retry-after").is_some());
    }
    store.set(Fault::None);
    let read = call(server.addr, "GET", &format!("{SESSIONS}/a"), Some("alice")).await;
    assert_eq!(read.json()["memory"], json!(["one"]));
}
