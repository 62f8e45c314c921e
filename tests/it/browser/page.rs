//! What pages and answers tell a browser about themselves.

use std::sync::Arc;

use alphora_tests::{Scripted, TestServer, get};

use super::by_key;

#[tokio::test]
async fn a_page_does_nothing_but_what_it_is_for() {
    let server = TestServer::start(alphora::publish(Scripted::new(Arc::default()))).await;
    for path in ["/docs", "/docs/script.js", "/docs/try.js", "/docs/style.css", "/openapi.json"] {
        let answer = get(server.addr, path).await;
        let policy = answer.header("content-security-policy").unwrap();
        for directive in [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "connect-src 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        ] {
            assert!(policy.split("; ").any(|known| known.trim() == directive), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("x-frame-options", "DENY"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{path}");
        }
    }
}

#[tokio::test]
async fn what_is_no_page_is_never_shown_as_one() {
    let server = TestServer::start(alphora::publish(Scripted::new(Arc::default()))).await;
    for path in [
        "/%3Cscript%3Ealert(1)%3C/script%3E",
        "/v1/models",
        "/health",
        "/scripted/nowhere",
        "/v1/chat/completions",
    ] {
        let answer = get(server.addr, path).await;
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(
            answer.header("content-security-policy"),
            Some("default-src 'none'; frame-ancestors 'none'"),
            "{path}"
        );
        assert_eq!(answer.header("content-type"), Some("application/json"), "{path}");
    }
}

#[tokio::test]
async fn the_document_says_how_requests_are_signed() {
    let publish = || alphora::publish(Scripted::new(Arc::default()));
    let open = TestServer::start(publish()).await;
    let document = get(open.addr, "/openapi.json").await.json();
    assert!(document["components"].get("securitySchemes").is_none());
    assert!(document["paths"]["/v1/chat/completions"]["post"].get("security").is_none());

    let signed = TestServer::start(publish().authenticate(by_key)).await;
    let document = get(signed.addr, "/openapi.json").await.json();
    let scheme = &document["components"]["securitySchemes"]["ApiKey"];
    assert_eq!((&scheme["type"], &scheme["scheme"]), (&"http".into(), &"bearer".into()));
    for path in ["/v1/chat/completions", "/scripted/chat/completions"] {
        assert_eq!(
            document["paths"][path]["post"]["security"],
            serde_json::json!([{ "ApiKey": [] }]),
            "{path}"
        );
    }
    for path in ["/health", "/openapi.json"] {
        assert!(document["paths"][path]["get"].get("security").is_none(), "{path}");
    }
    for path in ["/ready", "/scripted/health"] {
        let security = &document["paths"][path]["get"]["security"];
        assert_eq!(
            security,
            &serde_json::json!([{}, { "ApiKey": [] }]),
            "{path} tells more to whom it knows"
        );
    }
}
