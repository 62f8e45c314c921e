//! The client for model servers, against one that fails on demand.

mod answers;
mod bounds;
mod clocks;
mod cuts;
mod dialects;
mod faults;
mod keys;
mod retries;

use std::time::Duration;

use alphora::{ModelError, OpenAILike, OpenAILikeBuilder, RetryPolicy};
use alphora_tests::model_server::{Answer, ModelServer};
use alphora_tests::until;

/// Retries after milliseconds. The budget is the client's own, so that no test takes another one's retries.
fn policy() -> RetryPolicy {
    RetryPolicy::default().base_delay(Duration::from_millis(2)).own_budget(true)
}

/// A client of `base_url` that waits for milliseconds between its attempts.
fn client(base_url: &str) -> OpenAILikeBuilder {
    OpenAILike::builder().base_url(base_url).model_name("m").retry(policy())
}

/// A client that asks once.
fn once(base_url: &str) -> OpenAILikeBuilder {
    client(base_url).retry(RetryPolicy::none())
}

/// What the model says in all.
async fn ask(llm: &OpenAILike) -> Result<String, ModelError> {
    ask_for(llm, "?").await
}

async fn ask_for(llm: &OpenAILike, what: &str) -> Result<String, ModelError> {
    Ok(llm.acall(what).await?.response().await?.to_owned())
}

/// What a client that asks once makes of `answer`.
async fn made_of(answer: Answer) -> Result<String, ModelError> {
    let server = ModelServer::queue([answer]).await;
    let result = ask(&once(&server.base_url).build().unwrap()).await;
    assert_eq!(server.record.request_count(), 1);
    result
}
