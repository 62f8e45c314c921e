//! What is tried again, how often, and when not.

use std::time::{Duration, Instant};

use alphora::{ModelErrorKind, RetryPolicy};
use alphora_tests::model_server::{Answer, Cut, ModelServer, Step};

use super::{ask, client, policy, until};

#[tokio::test]
async fn what_fails_before_the_first_token_is_healed() {
    let ok = || Answer::words(&["ok"]);
    let head = ok().bytes_up_to("null");
    for fault in [
        Answer::status(408, &[], ""),
        Answer::status(429, &[], ""),
        Answer::status(500, &[], ""),
        Answer::status(503, &[], ""),
        Answer::steps([Step::Close]),
        Answer::steps([Step::Reset]),
        Answer::steps([Step::HalfClose]),
        ok().first(head, Cut::Fin),
        ok().first(head, Cut::Rst),
        Answer::events(&[r#"{"error":{"message":"overloaded","code":503}}"#]),
    ] {
        let server = ModelServer::queue([fault.clone(), ok()]).await;
        let llm = client(&server.base_url).build().unwrap();
        assert_eq!(ask(&llm).await.unwrap_or_else(|error| panic!("{fault:?}: {error}")), "ok");
        assert_eq!(server.record.request_count(), 2, "{fault:?}");
    }
}

#[tokio::test]
async fn retries_are_counted() {
    for (policy, requests) in [(policy(), 3), (policy().retries(1), 2), (RetryPolicy::none(), 1)] {
        let server = ModelServer::queue([Answer::status(500, &[], "no")]).await;
        let llm = client(&server.base_url).retry(policy).build().unwrap();
        let error = ask(&llm).await.unwrap_err();
        assert_eq!((error.kind(), error.status()), (ModelErrorKind::Server, Some(500)));
        assert_eq!(server.record.request_count(), requests);
    }
}

#[tokio::test]
async fn what_would_fail_again_is_asked_once() {
    let spent = r#"{"error":{"message":"pay","code":"insufficient_quota"}}"#;
    for answer in [
        Answer::status(400, &[], ""),
        Answer::status(401, &[], ""),
        Answer::status(403, &[], ""),
        Answer::status(404, &[], ""),
        Answer::status(429, &[], spent),
        Answer::status(500, &[("x-should-retry", "false")], ""),
        Answer::status(503, &[("retry-after", "31")], ""),
        Answer::status(200, &[], "[]"),
        Answer::events(&["garbage"]),
    ] {
        let server = ModelServer::queue([answer.clone(), Answer::words(&["ok"])]).await;
        ask(&client(&server.base_url).build().unwrap()).await.unwrap_err();
        assert_eq!(server.record.request_count(), 1, "{answer:?}");
    }
}

#[tokio::test]
async fn a_server_is_waited_for_as_long_as_it_asks() {
    for header in [("retry-after", "0.3"), ("retry-after-ms", "300")] {
        let server = ModelServer::queue([Answer::status(429, &[header], ""), Answer::words(&["ok"])]).await;
        let llm = client(&server.base_url).build().unwrap();
        let begun = Instant::now();
        assert_eq!(ask(&llm).await.unwrap(), "ok");
        assert!(begun.elapsed() >= Duration::from_millis(300), "{:?}", begun.elapsed());
    }
}

#[tokio::test]
async fn a_wait_that_is_too_long_is_left_to_the_caller() {
    let busy = || Answer::status(429, &[("retry-after", "20")], r#"{"error":{"message":"later"}}"#);
    for (policy, total) in [
        (policy().max_retry_after(Duration::from_secs(19)), 300),
        // There is no time for it within the call.
        (policy(), 10),
    ] {
        let server = ModelServer::queue([busy()]).await;
        let llm =
            client(&server.base_url).retry(policy).total_timeout(Duration::from_secs(total)).build().unwrap();
        let begun = Instant::now();
        let error = ask(&llm).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.retry_after()),
            (ModelErrorKind::Busy, Some(Duration::from_secs(20)))
        );
        assert!(begun.elapsed() < Duration::from_secs(5));
        assert_eq!(server.record.request_count(), 1);
    }
}

#[tokio::test]
async fn a_call_that_is_dropped_is_not_tried_again() {
    let server = ModelServer::queue([Answer::status(429, &[("retry-after-ms", "500")], "")]).await;
    let llm = client(&server.base_url).build().unwrap();
    tokio::select! {
        result = ask(&llm) => panic!("it was not dropped: {result:?}"),
        () = until("it was asked", async || server.record.request_count() == 1) => {}
    }
    tokio::time::sleep(Duration::from_millis(700)).await;
    assert_eq!(server.record.request_count(), 1);
}

#[tokio::test]
async fn a_budget_of_ones_own_is_shared_with_clones_and_with_nobody_else() {
    let server = ModelServer::queue([Answer::status(500, &[], "no")]).await;
    let made = || client(&server.base_url).retry(policy().retries(1)).build().unwrap();
    let (one, other) = (made(), made());
    for _ in 0..20 {
        ask(&one.clone()).await.unwrap_err();
    }
    // A reserve of 10, and 0.18 of each call.
    assert_eq!(server.record.request_count(), 20 + 13);
    ask(&other).await.unwrap_err();
    assert_eq!(server.record.request_count(), 33 + 2);
}
