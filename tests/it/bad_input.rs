//! What is wrong with a request is said in OpenAI's words, and harms nothing.

use alphora::ServerConfig;
use alphora_tests::{Scripted, TestServer, get, post};
use serde_json::json;

const PATHS: [&str; 2] = ["/scripted/chat/completions", "/v1/chat/completions"];

async fn server() -> TestServer {
    let config = ServerConfig { body_limit: 1000, ..ServerConfig::default() };
    TestServer::start(alphora::publish(Scripted::new(std::sync::Arc::default())).server(config)).await
}

#[tokio::test]
async fn each_mistake_has_its_code_and_its_place() {
    let server = server().await;
    let user = json!([{ "role": "user", "content": "text ok" }]);
    let cases = [
        ("{".to_owned(), "invalid_json", None),
        (String::new(), "invalid_json", None),
        ("[]".to_owned(), "invalid_type", None),
        ("\"x\"".to_owned(), "invalid_type", None),
        (json!({ "messages": "x" }).to_string(), "invalid_type", Some("messages")),
        (json!({ "messages": [1] }).to_string(), "invalid_type", Some("messages[0]")),
        (
            json!({ "messages": [{ "content": "x" }] }).to_string(),
            "missing_required_parameter",
            Some("messages[0].role"),
        ),
        (
            json!({ "messages": [{ "role": "user", "content": 5 }] }).to_string(),
            "invalid_type",
            Some("messages[0].content"),
        ),
        (json!({ "messages": user, "stream": "yes" }).to_string(), "invalid_type", Some("stream")),
        (json!({ "messages": user, "model": 5 }).to_string(), "invalid_type", Some("model")),
        (json!({ "messages": user, "session_id": 5 }).to_string(), "invalid_type", Some("session_id")),
        (json!({ "messages": user, "user": [] }).to_string(), "invalid_type", Some("user")),
        (json!({ "messages": user, "model": "m".repeat(257) }).to_string(), "invalid_value", Some("model")),
        (json!({ "messages": user, "n": 2 }).to_string(), "unsupported_value", Some("n")),
        (json!({ "messages": user, "session_id": "a/b" }).to_string(), "invalid_value", Some("session_id")),
        (
            json!({ "messages": user, "session_id": "x".repeat(129) }).to_string(),
            "invalid_value",
            Some("session_id"),
        ),
    ];
    for path in PATHS {
        for (body, code, param) in &cases {
            let answer = post(server.addr, path, body, &[]).await;
            assert_eq!(answer.status, 400, "{body}: {}", answer.body);
            let error = answer.error();
            assert_eq!(error["type"], "invalid_request_error", "{body}");
            assert_eq!(error["code"], *code, "{body}: {error}");
            assert_eq!(error["param"].as_str(), *param, "{body}: {error}");
            assert!(answer.header("x-request-id").is_some());
        }
        assert_eq!(post(server.addr, path, json!({ "messages": user, "n": 1 }), &[]).await.status, 200);
    }
}

#[tokio::test]
async fn only_json_and_only_so_much() {
    let server = server().await;
    for path in PATHS {
        for kind in ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", ""] {
            let answer = post(server.addr, path, "{}", &[("Content-Type", kind)]).await;
            assert_eq!(
                (answer.status, &answer.error()["code"]),
                (415, &json!("unsupported_media_type")),
                "{kind}"
            );
        }
        let answer = post(server.addr, path, "{}", &[("Content-Encoding", "gzip")]).await;
        assert_eq!((answer.status, &answer.error()["code"]), (415, &json!("unsupported_media_type")));
        for kind in ["application/json; charset=utf-8", "Application/JSON"] {
            assert_eq!(post(server.addr, path, "{}", &[("Content-Type", kind)]).await.status, 200, "{kind}");
        }
        let large = json!({ "messages": [], "pad": "x".repeat(2000) });
        let answer = post(server.addr, path, &large, &[]).await;
        assert_eq!((answer.status, &answer.error()["code"]), (413, &json!("request_too_large")));
    }
}

#[tokio::test]
async fn what_is_not_here_is_said_so() {
    let server = server().await;
    for path in ["/nope", "/v1/nope", "/v1/embeddings", "/scripted/nope", "/v1/chat/completions/", "//"] {
        let answer = post(server.addr, path, "{}", &[]).await;
        assert_eq!((answer.status, &answer.error()["code"]), (404, &json!("unknown_url")), "{path}");
    }
    for path in PATHS {
        let answer = get(server.addr, path).await;
        assert_eq!((answer.status, &answer.error()["code"]), (405, &json!("method_not_allowed")));
        assert_eq!(answer.header("allow"), Some("POST"));
    }
    let answer = post(server.addr, "/v1/models", "{}", &[]).await;
    assert_eq!((answer.status, answer.header("allow")), (405, Some("GET,HEAD")));
    let answer = get(server.addr, "/v1/models/nope").await;
    assert_eq!((answer.status, &answer.error()["code"]), (404, &json!("model_not_found")));
}

#[tokio::test]
async fn a_field_that_the_agent_asks_for_and_that_does_not_fit_is_the_clients_mistake() {
    let server = server().await;
    let body = |temperature| json!({ "messages": [{ "role": "user", "content": "temperature" }], "temperature": temperature });
    let answer = post(server.addr, PATHS[1], body(json!("hot")), &[]).await;
    assert_eq!(answer.status, 400, "{}", answer.body);
    assert_eq!(answer.error()["param"], "temperature");
    assert_eq!(post(server.addr, PATHS[1], body(json!(0.5)), &[]).await.content(), "Some(0.5)");
}
