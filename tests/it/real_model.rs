//! The model client against a real model server, named by `OPENAI_BASE_URL` and `OPENAI_MODEL`.

use alphora::{DataStreamer, ModelErrorKind, OpenAILike};
use schemars::JsonSchema;
use serde::Deserialize;

fn llm() -> OpenAILike {
    OpenAILike::from_env().unwrap()
}

#[tokio::test]
#[ignore = "needs a model server: OPENAI_BASE_URL and OPENAI_MODEL"]
async fn real_model_streams_and_counts_its_tokens() {
    let stream = DataStreamer::capture();
    let llm = llm().bound_to(&stream);
    let mut reply = llm.acall("Name three colours.").temperature(0.0).max_tokens(40).await.unwrap();
    let mut pieces = Vec::new();
    while let Some(chunk) = reply.next().await {
        pieces.push(chunk.unwrap().content);
    }
    assert!(pieces.len() > 3, "{pieces:?}");
    assert_eq!(reply.response().await.unwrap(), pieces.concat());
    let usage = reply.usage().await.unwrap();
    assert!(usage.prompt_tokens > 5 && usage.completion_tokens > 3, "{usage:?}");
    assert_eq!(stream.reported_usage(), usage);
    assert!(!reply.has_tool_calls().await.unwrap());
}

/// Somebody, as a text says.
#[derive(Debug, Deserialize, JsonSchema)]
struct Person {
    name: String,
    age: Option<u32>,
}

#[tokio::test]
#[ignore = "needs a model server: OPENAI_BASE_URL and OPENAI_MODEL"]
async fn real_model_answers_with_a_type() {
    let question = "Bob is 42 years old. Who is it, and how old?";
    let person: Person = llm().acall(question).temperature(0.0).max_tokens(60).json().await.unwrap();
    assert!(!person.name.is_empty(), "{person:?}");
    assert!(person.age.is_none_or(|age| age < 1_000_000), "{person:?}");
}

#[tokio::test]
#[ignore = "needs a model server: OPENAI_BASE_URL and OPENAI_MODEL"]
async fn real_model_says_that_a_context_is_too_long() {
    let error = llm().acall("word ".repeat(40_000)).max_tokens(1).await.unwrap_err();
    assert_eq!(error.kind(), ModelErrorKind::ContextTooLong, "{error:?}");
    assert!(error.status().is_some());
}

#[tokio::test]
#[ignore = "needs a model server: OPENAI_BASE_URL and OPENAI_MODEL"]
async fn real_model_stops_when_nobody_listens() {
    let mut reply = llm().acall("Tell me a long story.").max_tokens(1000).await.unwrap();
    assert!(!reply.next().await.unwrap().unwrap().content.is_empty());
    drop(reply);
    // The server has few slots: if dropped calls went on, these would wait for them.
    for _ in 0..8 {
        drop(llm().acall("Tell me a long story.").max_tokens(1000).await.unwrap());
    }
    let answer = llm().acall("Say hi.").max_tokens(2);
    assert!(tokio::time::timeout(std::time::Duration::from_secs(10), answer).await.unwrap().is_ok());
}
