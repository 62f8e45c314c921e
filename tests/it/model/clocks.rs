//! Every clock says which one it is, and who goes away closes the connection.

use std::time::Duration;

use alphora::{ModelErrorKind, OpenAILikeBuilder};
use alphora_tests::model_server::{Answer, ModelServer, Step, content, finish};

use super::{ask, client, once, policy, until};

const SHORT: Duration = Duration::from_millis(150);

/// How a client of `answer` fails, and how many requests it has sent.
async fn expired(answer: Answer, with: impl Fn(OpenAILikeBuilder) -> OpenAILikeBuilder) -> (String, usize) {
    let server = ModelServer::queue([answer]).await;
    let llm = with(client(&server.base_url)).build().unwrap();
    let error = ask(&llm).await.unwrap_err();
    assert_eq!(error.kind(), ModelErrorKind::Timeout, "{error}");
    (error.to_string(), server.record.request_count())
}

#[tokio::test]
async fn the_first_token_has_a_clock_that_comments_do_not_stop() {
    let words = Answer::words(&["one", "two"]);
    let head = words.bytes_up_to("null");
    let pings = Answer::stream(&vec![": ping\n\n"; 100]).paced(Duration::from_millis(20));
    for answer in [Answer::steps([Step::Stall]), words.first(head, Step::Stall), pings] {
        let with = |client: OpenAILikeBuilder| client.first_token_timeout(SHORT).retry(policy().retries(1));
        let (error, requests) = expired(answer, with).await;
        assert_eq!(error, "no first token of `m` within 150ms: `first_token_timeout` sets this clock");
        assert_eq!(requests, 2, "nothing was said, so it was asked again");
    }
}

#[tokio::test]
async fn a_connection_has_a_clock_with_its_encryption() {
    // It takes a client's hello for the beginning of a request, and waits for the rest.
    let server = ModelServer::queue([Answer::words(&["stolen"])]).await;
    let encrypted = once(&server.base_url.replace("http://", "https://")).api_key("sk-key-123");
    // A machine without certificates cannot have such a client at all.
    if let Ok(llm) = encrypted.connect_timeout(SHORT).build() {
        let error = ask(&llm).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "no connection to the server of `m` within 150ms: `connect_timeout` sets this clock"
        );
    }
    assert_eq!(server.record.request_count(), 0);
}

#[tokio::test]
async fn silence_has_a_clock_that_comments_reset() {
    let words = Answer::words(&["one", "two"]);
    let middle = words.bytes_up_to("one");
    let (error, requests) =
        expired(words.first(middle, Step::Stall), |client| client.idle_timeout(SHORT)).await;
    assert_eq!(error, "nothing more of the answer of `m` within 150ms: `idle_timeout` sets this clock");
    assert_eq!(requests, 1, "what has begun is not asked for again");

    let mut blocks = vec![format!("data: {}\n\n", content("one"))];
    blocks.extend(vec![": ping\n\n".to_owned(); 10]);
    blocks.push(format!("data: {}\n\ndata: [DONE]\n\n", finish("stop")));
    let server = ModelServer::queue([Answer::stream(&blocks).paced(Duration::from_millis(40))]).await;
    let llm = once(&server.base_url).idle_timeout(SHORT * 2).build().unwrap();
    assert_eq!(ask(&llm).await.unwrap(), "one");
}

#[tokio::test]
async fn a_call_has_a_clock_for_all_of_it() {
    let slow = Answer::words(&["word "; 100]).paced(Duration::from_millis(20));
    for answer in [slow, Answer::steps([Step::Stall])] {
        let (error, requests) = expired(answer, |client| client.total_timeout(SHORT)).await;
        assert_eq!(error, "no complete answer of `m` within 150ms: `total_timeout` sets this clock");
        assert_eq!(requests, 1);
    }
}

#[tokio::test]
async fn an_end_that_was_announced_is_not_waited_for() {
    let events = Answer::events(&[content("hi"), finish("stop")]);
    let end = events.bytes_up_to("stop");
    let server = ModelServer::queue([events.first(end, Step::Stall)]).await;
    let llm = once(&server.base_url).idle_timeout(SHORT).build().unwrap();
    assert_eq!(ask(&llm).await.unwrap(), "hi");
    until("it was left", async || server.record.abandoned_count() == 1).await;
}

#[tokio::test]
async fn who_goes_away_closes_the_connection() {
    let words = || Answer::words(&["one", "two"]);
    let middle = words().bytes_up_to("one");
    let server = ModelServer::queue([Answer::steps([Step::Stall]), words().first(middle, Step::Stall)]).await;
    let llm = once(&server.base_url).build().unwrap();
    tokio::time::timeout(SHORT, ask(&llm)).await.unwrap_err();
    until("it was left", async || server.record.abandoned_count() == 1).await;

    let mut reply = llm.acall("?").await.unwrap();
    assert_eq!(reply.next().await.unwrap().unwrap().content, "one");
    drop(reply);
    until("it was left", async || server.record.abandoned_count() == 2).await;
}
