//! What is long is read in time, and up to its bound.

use std::time::{Duration, Instant};

use alphora::ModelErrorKind;
use alphora_tests::model_server::{Answer, ModelServer, Step, content, usage};

use super::{ask, made_of, once};

/// The longest answer that does not stream, in bytes.
const LIMIT: usize = 4 * 1024 * 1024;

#[tokio::test]
async fn an_answer_of_exactly_the_limit_is_whole() {
    let body = |bytes: usize| {
        let (before, after) = (r#"{"choices":[{"message":{"content":""#, r#""}}]}"#);
        format!("{before}{}{after}", "x".repeat(bytes - before.len() - after.len()))
    };
    let text = made_of(Answer::status(200, &[], &body(LIMIT))).await.unwrap();
    assert!(text.len() > LIMIT - 100);
    let error = made_of(Answer::status(200, &[], &body(LIMIT + 1))).await.unwrap_err();
    assert_eq!(error.kind(), ModelErrorKind::TooLong, "{error}");
}

#[tokio::test]
async fn what_has_come_of_an_error_says_why() {
    let head = "HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n";
    let written = format!(r#"{head}{{"error":{{"message":"max_tokens is too large"}}}}"#);
    let server = ModelServer::queue([Answer::steps([Step::Write(written.into_bytes()), Step::Stall])]).await;
    let llm = once(&server.base_url).idle_timeout(Duration::from_millis(150)).build().unwrap();
    let error = ask(&llm).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ModelErrorKind::Refused, Some(400)));
    assert!(error.to_string().contains("max_tokens is too large"), "{error}");
}

#[tokio::test]
async fn counts_before_the_first_token_take_linear_time() {
    let mut events = vec![usage(1, 0); 60_000];
    events.extend([content("hi"), "[DONE]".to_owned()]);
    let body: String = events.iter().map(|data| format!("data: {data}\n\n")).collect();
    let begun = Instant::now();
    assert_eq!(made_of(Answer::stream(&[body])).await.unwrap(), "hi");
    // To look through all of them for each of them takes minutes where this takes a second.
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
}
