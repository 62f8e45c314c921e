//! Limits that one server counts by itself.

use tokio::time::advance;

use super::*;

#[tokio::test(start_paused = true)]
async fn requests_are_limited_and_come_back_one_by_one() {
    let server = Server::new(each(requests(30)), None);
    for left in (0..30).rev() {
        let run = server.admit(&anybody()).await.unwrap();
        assert_eq!(run.header("x-ratelimit-limit-requests").as_deref(), Some("30"));
        assert_eq!(run.header("x-ratelimit-remaining-requests"), Some(left.to_string()));
    }
    let (words, seconds) = said(server.admit(&anybody()).await);
    let expected = "rate limit reached for requests per minute of all callers without an API key: limit 30, \
        try again in 2s";
    assert_eq!((words.as_str(), seconds), (expected, 2));
    advance(Duration::from_millis(700)).await;
    let (words, seconds) = said(server.admit(&anybody()).await);
    assert!(words.ends_with("try again in 1.3s") && seconds == 2, "{words} {seconds}");
    advance(Duration::from_millis(1_300)).await;
    let run = server.admit(&anybody()).await.unwrap();
    assert_eq!(run.header("x-ratelimit-reset-requests").as_deref(), Some("1m0s"));
    assert_eq!(run.header("x-ratelimit-limit-tokens"), None);
    said(server.admit(&anybody()).await);
}

#[tokio::test(start_paused = true)]
async fn callers_have_limits_of_their_own() {
    let server = Server::new(each(requests(1)), None);
    let generous: Caller = Principal::new("generous").with_limits(requests(3)).into();
    for who in [&anybody(), &caller("a"), &caller("b"), &generous] {
        let _ = server.admit(who).await.unwrap();
    }
    for who in [&anybody(), &caller("a"), &caller("b")] {
        said(server.admit(who).await);
    }
    let run = server.admit(&generous).await.unwrap();
    assert_eq!(run.header("x-ratelimit-limit-requests").as_deref(), Some("3"));
    let _ = server.admit(&generous).await.unwrap();
    let (words, seconds) = said(server.admit(&generous).await);
    assert_eq!(
        words,
        "rate limit reached for requests per minute of this API key: limit 3, try again in 20s"
    );
    assert_eq!(seconds, 20);
}

#[tokio::test(start_paused = true)]
async fn names_of_any_length_are_apart() {
    let server = Server::new(each(requests(1)), None);
    let names = ["a".repeat(256), "a".repeat(257), "a".repeat(258), format!("{}b", "a".repeat(257))];
    for name in &names {
        let _ = server.admit(&caller(name)).await.unwrap();
    }
    for name in &names {
        said(server.admit(&caller(name)).await);
    }
}

#[tokio::test(start_paused = true)]
async fn all_together_are_limited_too_and_a_refused_one_costs_its_caller_nothing() {
    let total = ServerConfig { requests_per_minute: Some(2), ..each(requests(2)) };
    let server = Server::new(total, None);
    for name in ["a", "b"] {
        let run = server.admit(&caller(name)).await.unwrap();
        assert_eq!(run.header("x-ratelimit-remaining-requests").as_deref(), Some("1"), "the caller's own");
    }
    for _ in 0..5 {
        let (words, _) = said(server.admit(&caller("a")).await);
        assert!(words.contains("of all callers together: limit 2, try again in 30s"), "{words}");
    }
    advance(Duration::from_secs(30)).await;
    // It has one left of its own, and a half that has grown since.
    let run = server.admit(&caller("a")).await.unwrap();
    assert_eq!(run.header("x-ratelimit-remaining-requests").as_deref(), Some("1"));
}

#[tokio::test(start_paused = true)]
async fn tokens_are_charged_at_the_end_and_made_up_for() {
    let server = Server::new(each(tokens(100)), None);
    let run = server.admit(&anybody()).await.unwrap();
    assert_eq!(run.header("x-ratelimit-remaining-tokens").as_deref(), Some("100"));
    assert_eq!(run.header("x-ratelimit-reset-tokens").as_deref(), Some("0s"));
    run.uses(70);
    run.uses(180);
    // Until it has ended, nobody knows.
    let other = server.admit(&anybody()).await.unwrap();
    drop(run);
    drop(other);
    let (words, seconds) = said(server.admit(&anybody()).await);
    let expected = "rate limit reached for tokens per minute of all callers without an API key: limit 100, \
        try again in 1m30.6s";
    assert_eq!((words.as_str(), seconds), (expected, 91));
    advance(Duration::from_millis(90_599)).await;
    said(server.admit(&anybody()).await);
    advance(Duration::from_millis(1)).await;
    let _ = server.admit(&anybody()).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_run_has_its_place_until_it_is_dropped() {
    let server = Server::new(each(runs(2)), None);
    let (one, _two) = (server.admit(&anybody()).await.unwrap(), server.admit(&anybody()).await.unwrap());
    advance(Duration::from_secs(3600)).await;
    let (words, seconds) = said(server.admit(&anybody()).await);
    assert!(words.contains("concurrent requests of all callers without an API key: limit 2"), "{words}");
    assert_eq!(seconds, 1);
    drop(one);
    let _ = server.admit(&anybody()).await.unwrap();
}
