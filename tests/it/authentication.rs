//! Who is let in by the files that an operator writes: API keys and JSON Web Tokens, read again while the server runs.

mod configuration;
mod guarded;
mod keys;
mod reload;
mod rotation;
#[cfg(feature = "jwt")]
mod signed;
#[cfg(feature = "jwt")]
mod tokens;

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use alphora::prelude::*;
use alphora::{ApiKeys, Publisher, RunContext, ServerConfig};
use alphora_tests::{Answer, Folder, Program, Scripted, TestServer, exchange, post, request, until};
use serde_json::{Value, json};

const AGENT: &str = "/scripted/chat/completions";
const OPENAI: &str = "/v1/chat/completions";

/// How long a change may take until it counts; the documentation says "seconds".
const SOON: Duration = Duration::from_secs(8);

/// Says who has signed a request, as its factory and its method know it.
#[agent]
#[derive(Default)]
struct Host {
    made_for: String,
    #[agent(stream)]
    stream: DataStreamer,
}

#[agent(path = "/host")]
impl Host {
    async fn run(&self, request: OpenAIRequest) -> Result<(), AgentError> {
        let principal = request.principal().ok_or("nobody has signed this")?;
        let text = format!("{} of {}, made for {}", principal.name(), principal.owner(), self.made_for);
        Ok(self.stream.text(text).await?)
    }
}

/// A key of the file.
fn key(name: &str, secret: &str, fields: &str) -> String {
    format!("[keys.{name}]\nsha256 = \"{}\"\n{fields}\n\n", ApiKeys::digest(secret))
}

fn with_keys(file: &Path) -> Publisher<Scripted> {
    let config = ServerConfig { api_keys_file: Some(file.to_owned()), ..ServerConfig::default() };
    alphora::publish(Scripted::new(Arc::default())).server(config)
}

fn chat(script: &str, session: Option<&str>) -> Value {
    json!({
        "model": "Scripted", "messages": [{ "role": "user", "content": script }], "stream": false,
        "session_id": session,
    })
}

/// A turn of whoever has this key or token.
async fn say(addr: SocketAddr, path: &str, secret: &str, script: &str, session: Option<&str>) -> Answer {
    post(addr, path, chat(script, session), &[("Authorization", &format!("Bearer {secret}"))]).await
}

async fn call(addr: SocketAddr, method: &str, path: &str, secret: &str) -> Answer {
    let bearer = format!("Bearer {secret}");
    exchange(addr, &request(method, path, &[("Authorization", &bearer)], b"")).await
}

/// Asks until the answer has this status, and says how long that took.
async fn becomes(addr: SocketAddr, secret: &str, status: u16) -> Duration {
    let begun = Instant::now();
    loop {
        let answer = call(addr, "GET", "/v1/models", secret).await;
        if answer.status == status {
            return begun.elapsed();
        }
        assert!(begun.elapsed() < SOON, "still {}: {}", answer.status, answer.body);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// The program with these variables, whose log is read.
async fn program(variables: &[(&str, &str)]) -> Program {
    let mut command = Program::command(env!("CARGO_BIN_EXE_scripted"));
    command.env("ALPHORA_ADDR", "127.0.0.1:0").envs(variables.iter().copied()).stderr(Stdio::piped());
    Program::start(command, "listening on ").await.unwrap()
}

/// Waits until the program has complained so often of a file that it cannot use.
async fn until_complaints(program: &Program, wanted: usize) {
    let complaint = "has changed and cannot be used";
    until(format!("{wanted} complaints"), async || program.log().matches(complaint).count() == wanted).await;
}

/// Whether the answer is OpenAI's to a key that is not known, without a word of the key.
fn assert_unknown(answer: &Answer, secret: &str) {
    assert_eq!(answer.status, 401, "{}", answer.body);
    assert_eq!(answer.header("www-authenticate"), Some("Bearer error=\"invalid_token\""));
    let error = answer.error();
    assert_eq!(
        (&error["type"], &error["code"]),
        (&json!("invalid_request_error"), &json!("invalid_api_key"))
    );
    assert!(!answer.body.contains(secret), "{}", answer.body);
}
