//! R17: whatever happens, what is secret and what people write is found nowhere but in the answers to who wrote it.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;

use alphora::ApiKeys;
use alphora_tests::model_server::{Answer as Told, ModelServer, Seen};
use alphora_tests::{Answer, Folder, Program, exchange, post, request};
use serde_json::{Value, json};

/// What the operator's files and variables hold, and what an agent's model and tools say.
const SECRETS: [&str; 7] = [
    "canary-api-key",
    "canary-other-key",
    "canary-model-key",
    "canary-gateway-key",
    "canary-stranger",
    "canary-result",
    "canary-answer",
];
/// What a client writes.
const WRITTEN: &str = "canary-prompt";
const AGENT: &str = "/canary/chat/completions";

/// The program with everything on; its files are in `folder`.
async fn start(model: &str, form: &str, folder: &Path) -> Program {
    let key = |name: &str, key: &str| format!("[keys.{name}]\nsha256 = \"{}\"\n", ApiKeys::digest(key));
    let keys = key("one", "canary-api-key") + &key("two", "canary-other-key");
    fs::write(folder.join("keys.toml"), keys).unwrap();
    let mut command = Program::command(env!("CARGO_BIN_EXE_canary"));
    command
        .args([model, "canary-model-key"])
        .env("ALPHORA_ADDR", "127.0.0.1:0")
        .env("ALPHORA_API_KEYS_FILE", folder.join("keys.toml"))
        .env("ALPHORA_DATA_DIR", folder.join("sessions"))
        .env("ALPHORA_OPEN_METRICS", "true")
        .env("ALPHORA_LOG", form)
        .env("RUST_LOG", "trace")
        .env("RUST_BACKTRACE", "1")
        .stderr(Stdio::piped());
    Program::start(command, "listening on ").await.unwrap()
}

/// A model server that repeats the keys which it was sent, and fails in each way.
fn model(seen: &Seen) -> Told {
    let keys: String =
        ["authorization", "x-gateway-key"].iter().filter_map(|name| seen.header(name)).collect();
    let asked = seen.asked();
    let fail = |status: u16| {
        Told::status(
            status,
            &[],
            &json!({ "error": { "message": format!("bad key {keys}"), "code": keys } }).to_string(),
        )
    };
    if asked.contains("401") {
        fail(401)
    } else if asked.contains("500") {
        Told::status(500, &[("x-should-retry", "false")], &keys)
    } else if asked.contains("garbage") {
        Told::raw(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\ndata: {\"canary-answer\n\n")
    } else if asked.starts_with("tools") && !seen.json().to_string().contains("canary-result") {
        let call = |index: u8, name: &str| {
            json!({
                "index": index, "id": format!("call_{index}"), "type": "function",
                "function": { "name": name, "arguments": json!({ "city": "canary-answer" }).to_string() },
            })
        };
        let calls =
            json!([call(0, "look_up"), call(1, "fail_always"), call(2, "no_such_tool"), call(3, "look_up")]);
        let chunk = |delta: Value, reason: Value| {
            json!({ "choices": [{ "index": 0, "delta": delta, "finish_reason": reason }] }).to_string()
        };
        Told::events(&[
            chunk(json!({ "role": "assistant", "tool_calls": calls }), Value::Null),
            chunk(json!({}), json!("tool_calls")),
            "[DONE]".to_owned(),
        ])
    } else {
        Told::words(&["canary-answer"])
    }
}

async fn call(addr: SocketAddr, method: &str, path: &str, key: &str, body: &str) -> Answer {
    let bearer = format!("Bearer {key}");
    exchange(
        addr,
        &request(method, path, &[("Authorization", &bearer), ("Cookie", "canary-stranger")], body.as_bytes()),
    )
    .await
}

fn chat(text: &str, stream: bool) -> Value {
    json!({
        "model": "Canary", "messages": [{ "role": "user", "content": format!("{text} {WRITTEN}") }], "stream": stream,
        "session_id": "mine", "user": WRITTEN, "tools": [], WRITTEN: WRITTEN,
    })
}

/// Bodies that are wrong, with what a client writes in each place of them.
fn wrong_bodies() -> Vec<String> {
    let field = |name: &str, value: Value| {
        let mut body = chat("text", false);
        body[name] = value;
        body.to_string()
    };
    vec![
        WRITTEN.to_owned(),
        format!("{{\"messages\": \"{WRITTEN}"),
        json!([WRITTEN]).to_string(),
        field("messages", json!(WRITTEN)),
        field("messages", json!([{ "role": WRITTEN }, { "role": 7, "content": WRITTEN }])),
        field("messages", json!([{ "role": "user", "content": { WRITTEN: 1 } }, WRITTEN])),
        field("stream", json!(WRITTEN)),
        field("n", json!(WRITTEN)),
        field("model", json!({ WRITTEN: WRITTEN })),
        field("session_id", json!([WRITTEN])),
        field("tools", json!(WRITTEN)),
        field("temperature", json!(WRITTEN)),
    ]
}

/// Sends all that a client can, and gives what came back, each with what may not stand in it.
async fn use_everything(addr: SocketAddr) -> Vec<(String, String)> {
    let mut answers = Vec::new();
    let mut keep = |what: &str, answer: &Answer| {
        answers.push((format!("{what}: {}", answer.status), answer.body.clone()));
    };
    for path in [
        "/health",
        "/ready",
        "/metrics",
        "/docs",
        "/openapi.json",
        "/v1/models",
        "/canary/models",
        "/nowhere",
    ] {
        for key in ["canary-api-key", "canary-stranger"] {
            keep(path, &call(addr, "GET", path, key, "").await);
        }
    }
    for path in [AGENT, "/v1/chat/completions"] {
        keep(
            "a stranger",
            &call(addr, "POST", path, "canary-stranger", &chat("text", false).to_string()).await,
        );
        for header in ["x-api-key", "api-key", "authorization"] {
            keep(header, &post(addr, path, chat("text", true), &[(header, "canary-stranger")]).await);
        }
        for body in wrong_bodies() {
            drop(call(addr, "POST", path, "canary-api-key", &body).await);
        }
        for text in ["ask 401", "ask 500", "ask garbage", "public 401", "panic 401", "panic 500"] {
            for stream in [false, true] {
                keep(
                    text,
                    &call(addr, "POST", path, "canary-api-key", &chat(text, stream).to_string()).await,
                );
            }
        }
        for text in ["ask well", "tools please", "text"] {
            for stream in [false, true] {
                let answer =
                    call(addr, "POST", path, "canary-api-key", &chat(text, stream).to_string()).await;
                assert_eq!(answer.status, 200, "{text}: {}", answer.body);
            }
        }
        let mut temperature = chat("temperature", false);
        temperature["temperature"] = json!(WRITTEN);
        drop(call(addr, "POST", path, "canary-api-key", &temperature.to_string()).await);
    }
    for (method, path) in [
        ("GET", "/canary/sessions"),
        ("GET", "/canary/sessions/mine"),
        ("DELETE", "/canary/sessions/mine"),
        ("POST", "/canary/runs/run_canary-stranger/cancel"),
        ("GET", "/canary/runs/run_canary-stranger/events"),
        ("PUT", AGENT),
        ("GET", "/metrics"),
    ] {
        // Another owner finds nothing of it.
        keep(path, &call(addr, method, path, "canary-other-key", "").await);
    }
    answers
}

async fn assert_quiet(form: &str) {
    let model = ModelServer::start(model).await;
    let folder = Folder::create("secrets").unwrap();
    let mut program = start(&model.base_url, form, folder.path()).await;
    let answers = use_everything(program.addr).await;
    assert!(answers.len() > 50, "{}", answers.len());
    for (what, body) in &answers {
        for secret in SECRETS.iter().copied().chain([WRITTEN]) {
            assert!(!body.contains(secret), "{what}: {secret} is in {body}");
        }
    }
    let ended = program.terminate().await.unwrap().expect("it ends");
    assert!(ended.success(), "{ended}");
    let printed = program.printed() + &program.log();
    let found: Vec<&str> = printed.lines().filter(|line| line.contains("canary-")).collect();
    assert!(found.is_empty(), "{} lines, the first: {:#?}", found.len(), &found[..found.len().min(10)]);
    // What is searched has something in it.
    for said in ["asked", "the tools were called", "the agent panicked", "the agent failed", "TRACE", "DEBUG"]
    {
        assert!(printed.contains(said), "{said}: {printed}");
    }
}

#[tokio::test]
async fn a_text_log_has_no_secret() {
    assert_quiet("text").await;
}

#[tokio::test]
async fn a_json_log_has_no_secret() {
    assert_quiet("json").await;
}
