//! A key is sent and never shown.

use std::error::Error as _;

use alphora::{Error, ModelError};
use alphora_tests::model_server::{Answer, ModelServer, Step, closed_port, content};
use serde_json::json;

use super::{ask, once};

const CANARY: &str = "sk-canary/4c1e5b7d";

/// Everything that can be shown of an error.
fn shown(error: &ModelError) -> String {
    let mut all = format!("{error} {error:?} {error:#?} {:?}", error.code());
    let mut source = error.source();
    while let Some(error) = source {
        all.push_str(&format!(" {error} {error:?}"));
        source = error.source();
    }
    let framework = Error::from(error.clone());
    all + &format!(" {framework} {framework:?}")
}

#[tokio::test]
async fn no_error_shows_it() {
    let json_escaped = CANARY.replace('/', "\\/");
    let echoes = [
        Answer::status(
            401,
            &[],
            &json!({ "error": { "message": format!("bad key {CANARY}"), "code": CANARY } }).to_string(),
        ),
        Answer::status(401, &[], &format!(r#"{{"error":"bad key {json_escaped}"}}"#)),
        Answer::status(403, &[], &format!("<p>{CANARY}</p>")),
        Answer::status(403, &[], &format!(r#"{{"detail":[{{"key":"{json_escaped}"}}]}}"#)),
        Answer::status(500, &[], &format!("{}{CANARY}", "x".repeat(490))),
        Answer::status(302, &[("location", &format!("https://{CANARY}.example/{CANARY}"))], CANARY),
        Answer::status(200, &[("content-type", CANARY)], CANARY),
        Answer::status(200, &[], &format!(r#"{{"choices":"{CANARY}"}}"#)),
        Answer::status(200, &[], CANARY),
        Answer::events(&[CANARY]),
        Answer::events(&[format!(r#"{{"usage":"{CANARY}"}}"#)]),
        Answer::events(&[format!("garbage {json_escaped}")]),
        Answer::events(&[
            content("hi"),
            format!(r#"{{"error":{{"message":"{CANARY}","type":"{CANARY}"}}}}"#),
        ]),
        Answer::events(&[content("hi"), CANARY.to_owned()]),
        Answer::events(&[content("hi")]),
        Answer::raw(format!("{CANARY}\r\n\r\n").as_bytes()),
        Answer::raw(format!("HTTP/1.1 {CANARY}\r\n\r\n").as_bytes()),
        Answer::steps([Step::Close]),
    ];
    for echo in echoes {
        let server = ModelServer::queue([echo.clone()]).await;
        let llm = once(&server.base_url).api_key(CANARY).header("x-second", CANARY).build().unwrap();
        assert!(!format!("{llm:?}").contains("canary"));
        let error = ask(&llm).await.unwrap_err();
        assert!(!shown(&error).contains("canary"), "{}", shown(&error));
        let sent = format!("Bearer {CANARY}");
        assert_eq!(server.record.requests()[0].header("authorization"), Some(&*sent), "it was sent");
    }
    let llm =
        once(&closed_port().await.replace("/v1", &format!("/{CANARY}/v1"))).api_key(CANARY).build().unwrap();
    let error = ask(&llm).await.unwrap_err();
    assert!(!shown(&error).contains("canary"), "{}", shown(&error));
}

#[tokio::test]
async fn a_key_in_the_path_is_not_shown_where_a_server_repeats_the_path() {
    let server = ModelServer::start(|seen| {
        let path = seen.line.split(' ').nth(1).unwrap().to_owned();
        Answer::status(404, &[("content-type", "text/html")], &format!("<pre>Cannot POST {path}</pre>"))
    })
    .await;
    for key in ["sk-canary-path", "canary0123456789"] {
        let llm = once(&server.base_url.replace("/v1", &format!("/{key}/v1"))).build().unwrap();
        let error = ask(&llm).await.unwrap_err();
        assert!(shown(&error).contains("Cannot POST [redacted]/chat/completions"), "{error}");
        assert!(!shown(&error).contains("canary"), "{}", shown(&error));
    }
}
