//! What servers answer, and what it becomes.

use alphora::{FinishReason, ToolDefinition, Usage};
use alphora_tests::model_server::{Answer, DONE, ModelServer, content, finish, usage};
use serde_json::json;

use super::{ask, client, made_of};

#[tokio::test]
async fn an_answer_has_text_tokens_and_an_end() {
    let server = ModelServer::queue([Answer::words(&["Hel", "lo"])]).await;
    let llm = client(&server.base_url).build().unwrap();
    let mut reply = llm.acall("hi").await.unwrap();
    assert_eq!(reply.next().await.unwrap().unwrap().content, "Hel");
    assert_eq!(reply.response().await.unwrap(), "Hello");
    assert_eq!(reply.usage().await.unwrap(), Usage::new(7, 2));
    assert_eq!(*reply.finish_reason().await.unwrap(), FinishReason::Stop);
}

#[tokio::test]
async fn the_request_is_openais() {
    let server = ModelServer::queue([Answer::words(&["ok"])]).await;
    let llm =
        client(&server.base_url).api_key("sk-key-123").organization("org").temperature(0.5).build().unwrap();
    let call = llm.acall("hi").tools([ToolDefinition::new("f")]).max_tokens(9).extra("top_k", 3);
    call.await.unwrap().response().await.unwrap();
    let seen = &server.record.requests()[0];
    assert_eq!(seen.line, "POST /v1/chat/completions HTTP/1.1");
    assert_eq!(seen.header("authorization"), Some("Bearer sk-key-123"));
    assert_eq!(seen.header("openai-organization"), Some("org"));
    assert_eq!(seen.header("content-type"), Some("application/json"));
    assert_eq!(
        seen.json(),
        json!({
            "model": "m",
            "messages": [{ "role": "user", "content": "hi" }],
            "stream": true,
            "stream_options": { "include_usage": true },
            "tools": [{ "type": "function", "function": { "name": "f" } }],
            "temperature": 0.5,
            "max_tokens": 9,
            "top_k": 3,
        })
    );
}

#[tokio::test]
async fn a_server_that_does_not_stream_gives_the_same() {
    let body = json!({
        "choices": [{ "index": 0, "message": { "role": "assistant", "content": "Hello" }, "finish_reason": "length" }],
        "usage": { "prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3 },
    });
    let server = ModelServer::queue([Answer::status(200, &[], &body.to_string())]).await;
    let llm = client(&server.base_url).build().unwrap();
    let mut reply = llm.acall("hi").await.unwrap();
    assert_eq!(reply.response().await.unwrap(), "Hello");
    assert_eq!(reply.usage().await.unwrap(), Usage::new(1, 2));
    assert_eq!(*reply.finish_reason().await.unwrap(), FinishReason::Length);
    let (first, second) = (ask(&llm).await.unwrap(), server.record.connections());
    assert_eq!((&*first, second), ("Hello", 1));
}

#[tokio::test]
async fn ends_that_are_less_than_perfect_are_ends() {
    let hi = content("hi");
    for answer in [
        Answer::events(&[&hi, DONE]),
        Answer::events(&[&*hi, &finish("stop")]),
        Answer::events_until_closed(&[&*hi, &finish("stop"), &usage(1, 1)]),
        Answer::stream(&[format!("data:{hi}\r\n\r\n: ping\r\ndata:{}\r\n\r\n", finish("stop"))]),
        Answer::stream(&[format!("event: message\ndata: {hi}\n\ndata: [DONE]\n\n")]),
    ] {
        assert_eq!(made_of(answer).await.unwrap(), "hi");
    }
}

#[tokio::test]
async fn clones_share_one_pool() {
    let server = ModelServer::queue([Answer::words(&["ok"])]).await;
    let llm = client(&server.base_url).build().unwrap();
    for _ in 0..20 {
        assert_eq!(ask(&llm.clone()).await.unwrap(), "ok");
    }
    assert_eq!((server.record.connections(), server.record.request_count()), (1, 20));
}

#[tokio::test]
async fn thinking_may_have_begun_in_the_prompt() {
    let server = ModelServer::queue([Answer::words(&["Italy.\n</th", "ink>\n\nRome"])]).await;
    for (begins, thinking, text) in [(true, "Italy.\n", "Rome"), (false, "", "Italy.\n</think>\n\nRome")] {
        let llm = client(&server.base_url).begins_in_thinking(begins).build().unwrap();
        let mut reply = llm.acall("?").await.unwrap();
        assert_eq!(reply.response().await.unwrap(), text);
        assert_eq!(reply.thinking().await.unwrap(), thinking);
    }
}
