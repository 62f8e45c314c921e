//! Fields that some servers refuse, and what is sent then.

use alphora::OpenAILike;
use alphora_tests::model_server::{Answer, ModelServer};
use serde_json::json;
use tokio::task::JoinSet;

use super::{ask, client, once};

/// A server that refuses `stream_options`.
async fn without_usage() -> ModelServer {
    ModelServer::start(|seen| match seen.json().get("stream_options") {
        Some(_) => Answer::status(400, &[], r#"{"error":{"message":"unknown field stream_options"}}"#),
        None => Answer::words(&["ok"]),
    })
    .await
}

#[tokio::test]
async fn a_server_that_refuses_stream_options_is_asked_without() {
    for status in [400, 422] {
        let server = ModelServer::start(move |seen| match seen.json().get("stream_options") {
            Some(_) => {
                Answer::status(status, &[], r#"{"detail":[{"loc":["body","stream_options"],"msg":"extra"}]}"#)
            }
            None => Answer::words(&["ok"]),
        })
        .await;
        let llm = once(&server.base_url).build().unwrap();
        assert_eq!(ask(&llm).await.unwrap(), "ok");
        assert_eq!(server.record.request_count(), 2);
        assert_eq!(ask(&llm.clone()).await.unwrap(), "ok");
        assert_eq!(server.record.request_count(), 3, "it is remembered");
    }
    let server = ModelServer::queue([Answer::words(&["ok"])]).await;
    ask(&client(&server.base_url).stream_usage(false).build().unwrap()).await.unwrap();
    assert!(server.record.requests()[0].json().get("stream_options").is_none());
}

#[tokio::test]
async fn an_error_that_repeats_the_request_switches_nothing_off() {
    let server = ModelServer::start(|seen| {
        if seen.number > 0 {
            return Answer::words(&["ok"]);
        }
        let repeated =
            json!({ "type": "missing", "loc": ["body", "x"], "msg": "Field required", "input": seen.json() });
        Answer::status(422, &[], &json!({ "detail": [repeated] }).to_string())
    })
    .await;
    let llm = once(&server.base_url).build().unwrap();
    ask(&llm).await.unwrap_err();
    assert_eq!(server.record.request_count(), 1);
    assert_eq!(ask(&llm).await.unwrap(), "ok");
    assert_eq!(server.record.requests()[1].json()["stream_options"], json!({ "include_usage": true }));
}

#[tokio::test]
async fn only_an_answer_switches_it_off() {
    // Whatever it is that this server does not like, it is not the field that it names.
    let refusal = Answer::status(400, &[], r#"{"error":{"message":"bad request: {stream_options: {}}"}}"#);
    let server = ModelServer::queue([refusal.clone(), refusal, Answer::words(&["ok"])]).await;
    let llm = once(&server.base_url).build().unwrap();
    ask(&llm).await.unwrap_err();
    assert_eq!(server.record.request_count(), 2, "it is asked again once");
    assert_eq!(ask(&llm).await.unwrap(), "ok");
    let asked: Vec<_> =
        server.record.requests().iter().map(|seen| seen.json()["stream_options"].is_object()).collect();
    assert_eq!(asked, [true, false, true]);
}

#[tokio::test]
async fn calls_that_are_under_way_ask_twice_and_later_ones_once() {
    let server = without_usage().await;
    let llm = once(&server.base_url).build().unwrap();
    for most in [200, 100] {
        let before = server.record.request_count();
        let mut calls = JoinSet::new();
        for _ in 0..100 {
            let llm: OpenAILike = llm.clone();
            calls.spawn(async move { ask(&llm).await });
        }
        assert!(calls.join_all().await.into_iter().all(|answer| answer.unwrap() == "ok"));
        let requests = server.record.request_count() - before;
        assert!((100..=most).contains(&requests), "{requests}");
    }
}

#[tokio::test]
async fn a_bound_has_the_name_that_the_server_asks_for() {
    let refusal = r#"{"error":{"message":"Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.","type":"invalid_request_error","param":"max_tokens","code":"unsupported_parameter"}}"#;
    let server = ModelServer::start(move |seen| match seen.json().get("max_tokens") {
        Some(_) => Answer::status(400, &[], refusal),
        None => Answer::words(&["ok"]),
    })
    .await;
    let llm = once(&server.base_url).max_tokens(7).build().unwrap();
    for requests in [2, 3] {
        assert_eq!(ask(&llm).await.unwrap(), "ok");
        assert_eq!(server.record.request_count(), requests, "it is remembered");
    }
    assert_eq!(server.record.requests()[2].json()["max_completion_tokens"], 7);
}
