//! The bytes of both surfaces, streaming and not.

use alphora_tests::{Answer, Scripted, TestServer, post};
use serde_json::{Value, json};

const AGENT: &str = "/scripted/chat/completions";
const OPENAI: &str = "/v1/chat/completions";
const ALL_TYPES: &str =
    "text A\nsend thinking B\ntext C\nsend code D\nsend chart E\nsend status F\nsend tool_call G";

async fn server() -> TestServer {
    TestServer::start(alphora::publish(Scripted::new(std::sync::Arc::default()))).await
}

fn body(script: &str, more: Value) -> Value {
    let mut body = json!({ "model": "m", "messages": [{ "role": "user", "content": script }] });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

async fn ask(server: &TestServer, path: &str, script: &str, more: Value) -> Answer {
    let answer = post(server.addr, path, body(script, more), &[]).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer
}

/// The chunks without what differs from run to run, after checking that it is the same in all of them.
fn steady(answer: &Answer) -> Vec<Value> {
    let mut chunks = answer.chunks();
    let first = chunks[0].clone();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    assert!(now.abs_diff(first["created"].as_u64().unwrap()) < 60, "`created` is in seconds");
    assert_eq!(first["id"].as_str(), answer.header("x-run-id"), "the completion's id is the run's");
    for chunk in &mut chunks {
        for key in ["id", "created", "model", "object"] {
            assert_eq!(chunk[key], first[key]);
            chunk.as_object_mut().unwrap().remove(key);
        }
    }
    chunks
}

fn chunk(delta: Value, finish_reason: Value) -> Value {
    json!({ "choices": [{ "index": 0, "delta": delta, "finish_reason": finish_reason }] })
}

#[tokio::test]
async fn the_agents_path_streams_the_seeds_chunks() {
    let server = server().await;
    let answer = ask(&server, AGENT, ALL_TYPES, json!({})).await;
    assert!(answer.chunked && answer.header("content-length").is_none());
    assert_eq!(answer.header("content-type"), Some("text/event-stream; charset=utf-8"));
    assert_eq!(answer.header("x-accel-buffering"), Some("no"));
    let mut expected: Vec<Value> = [
        ("text", "A"),
        ("thinking", "B"),
        ("text", "C"),
        ("code", "D"),
        ("chart", "E"),
        ("status", "F"),
        ("tool_call", "G"),
    ]
    .iter()
    .map(|(kind, text)| chunk(json!({ "content": text, "content_type": kind }), Value::Null))
    .collect();
    expected[0]["choices"][0]["delta"]["role"] = json!("assistant");
    expected.push(chunk(json!({ "content": "", "content_type": "stop" }), json!("stop")));
    assert_eq!(steady(&answer), expected);
}

#[tokio::test]
async fn v1_streams_what_openai_documents() {
    let server = server().await;
    let answer = ask(&server, OPENAI, ALL_TYPES, json!({ "stream": true })).await;
    let deltas = [
        json!({ "role": "assistant", "content": "" }),
        json!({ "content": "A" }),
        json!({ "reasoning_content": "B" }),
        json!({ "content": "C" }),
        json!({ "content": "D" }),
        json!({ "content": "E" }),
        json!({ "reasoning_content": "F\n" }),
        json!({ "reasoning_content": "G" }),
    ];
    let mut expected: Vec<Value> = deltas.into_iter().map(|delta| chunk(delta, Value::Null)).collect();
    expected.push(chunk(json!({}), json!("stop")));
    assert_eq!(steady(&answer), expected);
}

#[tokio::test]
async fn the_order_of_keys_is_the_seeds() {
    let server = server().await;
    let answer = ask(&server, AGENT, "text 你", json!({ "model": null })).await;
    let id = answer.header("x-run-id").unwrap();
    let created = answer.chunks()[0]["created"].clone();
    let start = format!(
        "{{\"id\":\"{id}\",\"object\":\"chat.completion.chunk\",\"created\":{created},\"model\":\"AlphaData\","
    );
    assert_eq!(
        answer.body,
        format!(
            "data: {start}\"choices\":[{{\"index\":0,\"delta\":{{\"role\":\"assistant\",\"content\":\"你\",\
             \"content_type\":\"text\"}},\"finish_reason\":null}}]}}\n\n\
             data: {start}\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"\",\"content_type\":\"stop\"}},\
             \"finish_reason\":\"stop\"}}]}}\n\ndata: [DONE]\n\n"
        )
    );
}

#[tokio::test]
async fn one_piece_serves_both_worlds_on_the_agents_path() {
    let server = server().await;
    let answer = ask(&server, AGENT, ALL_TYPES, json!({ "stream": false })).await;
    let completion = answer.json();
    assert_eq!(
        completion["choices"],
        json!([{
            "index": 0,
            "delta": {
                "content": "<content type=\"text\">AC</content><content type=\"thinking\">B</content>\
                            <content type=\"code\">D</content><content type=\"chart\">E</content>\
                            <content type=\"status\">F\n</content><content type=\"tool_call\">G</content>",
                "content_type": "mixed-xml",
            },
            "message": { "role": "assistant", "content": "ACDE", "refusal": null, "reasoning_content": "BF\nG" },
            "logprobs": null,
            "finish_reason": "stop",
        }])
    );
    assert_eq!((&completion["object"], &completion["model"]), (&json!("chat.completion"), &json!("m")));
    assert_eq!(completion["id"].as_str(), answer.header("x-run-id"));
}

#[tokio::test]
async fn one_piece_on_v1_has_a_message_and_no_delta() {
    let server = server().await;
    let completion = ask(&server, OPENAI, "text a<b>&\"'\nusage 7 5\nusage 1 1", json!({})).await.json();
    assert_eq!(
        completion["choices"],
        json!([{
            "index": 0,
            "message": { "role": "assistant", "content": "a<b>&\"'", "refusal": null },
            "logprobs": null,
            "finish_reason": "stop",
        }])
    );
    assert_eq!(completion["usage"]["prompt_tokens"], 8);
    assert_eq!(completion["usage"]["total_tokens"], 14);
}

#[tokio::test]
async fn nothing_sent_is_an_empty_answer() {
    let server = server().await;
    assert_eq!(ask(&server, OPENAI, "", json!({})).await.json()["choices"][0]["message"]["content"], "");
    let chunks = steady(&ask(&server, OPENAI, "", json!({ "stream": true })).await);
    assert_eq!(chunks.len(), 2);
    let chunks = steady(&ask(&server, AGENT, "", json!({})).await);
    let delta = json!({ "role": "assistant", "content": "", "content_type": "stop" });
    assert_eq!(chunks, [chunk(delta, json!("stop"))]);
    let xml = ask(&server, AGENT, "", json!({ "stream": false })).await.json();
    assert_eq!(xml["choices"][0]["delta"]["content"], "");
}

#[tokio::test]
async fn usage_comes_last_and_only_if_it_was_asked_for() {
    let server = server().await;
    for path in [AGENT, OPENAI] {
        let asked = json!({ "stream": true, "stream_options": { "include_usage": true } });
        let mut chunks = steady(&ask(&server, path, "text x\nusage 7 5", asked).await);
        let last = chunks.pop().unwrap();
        assert_eq!((&last["choices"], &last["usage"]["total_tokens"]), (&json!([]), &json!(12)));
        assert!(chunks.iter().all(|chunk| chunk["usage"].is_null() && chunk.get("usage").is_some()));
        let chunks = steady(&ask(&server, path, "text x\nusage 7 5", json!({ "stream": true })).await);
        assert!(chunks.iter().all(|chunk| chunk.get("usage").is_none()));
    }
}

#[tokio::test]
async fn calls_of_client_tools_come_in_fragments() {
    let server = server().await;
    let script = "text Let me check.\ncall get_weather {\"city\":\"Paris\"}\ncall get_time {}";
    for path in [AGENT, OPENAI] {
        let chunks = steady(&ask(&server, path, script, json!({ "stream": true })).await);
        let calls: Vec<&Value> = chunks
            .iter()
            .flat_map(|chunk| chunk["choices"][0]["delta"]["tool_calls"].as_array())
            .flatten()
            .collect();
        assert_eq!(calls.len(), 4, "{path}");
        assert_eq!(calls[0]["function"], json!({ "name": "get_weather", "arguments": "" }));
        assert_eq!(calls[0]["type"], "function");
        assert_eq!(*calls[1], json!({ "index": 0, "function": { "arguments": "{\"city\":\"Paris\"}" } }));
        assert_eq!((&calls[2]["index"], &calls[3]["index"]), (&json!(1), &json!(1)));
        assert_ne!(calls[0]["id"], calls[2]["id"]);
        assert_eq!(chunks.last().unwrap()["choices"][0]["finish_reason"], "tool_calls");

        let choice =
            ask(&server, path, script, json!({ "stream": false })).await.json()["choices"][0].clone();
        assert_eq!(choice["finish_reason"], "tool_calls");
        assert_eq!(choice["message"]["content"], "Let me check.");
        assert_eq!(
            choice["message"]["tool_calls"][1]["function"],
            json!({ "name": "get_time", "arguments": "{}" })
        );
    }
    let message = ask(&server, OPENAI, "call f {}", json!({})).await.json()["choices"][0]["message"].clone();
    assert!(message["content"].is_null(), "null beside tool calls: {message}");
}

#[tokio::test]
async fn reasons_that_openai_does_not_know_stay_on_the_agents_path() {
    let server = server().await;
    for (script, own, openai) in [
        ("stop length", "length", "length"),
        ("stop content_filter", "content_filter", "content_filter"),
        ("stop weird", "weird", "stop"),
        ("stop timeout", "timeout", "length"),
        ("stop", "stop", "stop"),
    ] {
        for (path, expected) in [(AGENT, own), (OPENAI, openai)] {
            let streamed = steady(&ask(&server, path, script, json!({ "stream": true })).await);
            assert_eq!(streamed.last().unwrap()["choices"][0]["finish_reason"], expected);
            let whole = ask(&server, path, script, json!({ "stream": false })).await.json();
            assert_eq!(whole["choices"][0]["finish_reason"], expected);
        }
    }
}

#[tokio::test]
async fn content_cannot_break_the_framing() {
    let server = server().await;
    let script = json!("text a\\n\\ndata: [DONE]\\n\\nb\\r\\nc".replace("\\n", "\u{b}"));
    // The script is read by lines, so its text carries vertical tabs; the control character is escaped too.
    let text = script.as_str().unwrap();
    let answer = ask(&server, AGENT, text, json!({})).await;
    assert!(!answer.body.contains('\u{b}'));
    assert_eq!(answer.content(), text.strip_prefix("text ").unwrap());
    assert_eq!(answer.events().iter().filter(|event| *event == "[DONE]").count(), 1);
}

#[tokio::test]
async fn who_wants_a_stream_gets_one() {
    let server = server().await;
    let stream = async |path, more, headers: &[(&str, &str)]| {
        let answer = post(server.addr, path, body("text x", more), headers).await;
        answer.header("content-type").unwrap().starts_with("text/event-stream")
    };
    assert!(stream(AGENT, json!({}), &[]).await, "the seed's default");
    assert!(stream(AGENT, json!({}), &[("Accept", "*/*")]).await);
    assert!(!stream(AGENT, json!({}), &[("Accept", "application/json")]).await);
    assert!(stream(AGENT, json!({}), &[("Accept", "application/json, text/event-stream")]).await);
    assert!(!stream(AGENT, json!({}), &[("X-Stainless-Lang", "python")]).await);
    assert!(stream(AGENT, json!({ "stream": true }), &[("Accept", "application/json")]).await);
    assert!(!stream(AGENT, json!({ "stream": false }), &[("Accept", "text/event-stream")]).await);
    assert!(stream(AGENT, json!({ "stream": null }), &[]).await, "null is absent");
    assert!(!stream(OPENAI, json!({}), &[]).await, "OpenAI's default");
    assert!(!stream(OPENAI, json!({}), &[("Accept", "text/event-stream")]).await);
}
