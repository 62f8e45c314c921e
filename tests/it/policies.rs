//! What becomes of runs whose client leaves, which fail, or which meet another turn of their session.

mod cancel;
mod concurrency;
mod disconnect;
mod failure;
mod headers;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use alphora_tests::{
    Answer, Connection, Gate, Scripted, ScriptedConfig, TestServer, get, post, request, until,
    until_connections, until_running, until_runs,
};
use serde_json::{Value, json};

const OPENAI: &str = "/v1/chat/completions";

/// A server of the scripted agent, and how many of its runs are under way.
struct Bench {
    server: TestServer,
    running: Arc<AtomicUsize>,
}

fn body(script: &str, stream: bool, session: &str) -> String {
    json!({
        "messages": [{ "role": "user", "content": script }],
        "stream": stream,
        "session_id": session,
    })
    .to_string()
}

impl Bench {
    async fn start(config: ScriptedConfig) -> Self {
        let running = Arc::default();
        let publisher = alphora::publish(Scripted::new(Arc::clone(&running))).config(config);
        Self { server: TestServer::start(publisher).await, running }
    }

    /// A whole answer in session `s`.
    async fn ask(&self, script: &str, stream: bool, headers: &[(&str, &str)]) -> Answer {
        post(self.server.addr, OPENAI, body(script, stream, "s"), headers).await
    }

    /// A run in session `s` whose answer is not read yet.
    async fn begin(&self, script: &str, stream: bool, headers: &[(&str, &str)]) -> Connection {
        let bytes = request("POST", OPENAI, headers, body(script, stream, "s").as_bytes());
        Connection::send(self.server.addr, &bytes).await.unwrap()
    }

    /// [`begin`](Self::begin), until its method runs, and if `script` sends anything the text `begun`, until that
    /// has come.
    async fn begun(&self, script: &str, stream: bool, headers: &[(&str, &str)]) -> Connection {
        let before = self.methods();
        let mut connection = self.begin(script, stream, headers).await;
        if stream && script.contains("text begun") {
            connection.until("begun").await.unwrap();
        }
        until_running(&self.running, before + 1).await;
        connection
    }

    /// How many methods run.
    fn methods(&self) -> usize {
        self.running.load(Ordering::SeqCst)
    }

    /// How many runs the server knows of.
    async fn runs(&self) -> u64 {
        get(self.server.addr, "/ready").await.json()["runs"].as_u64().unwrap()
    }

    /// What session `s` remembers.
    async fn recall(&self) -> String {
        self.ask("recall", false, &[]).await.content()
    }
}

/// The rest of an answer as text.
async fn rest(mut connection: Connection) -> String {
    String::from_utf8(connection.rest().await.unwrap()).unwrap()
}

/// Whether this text of an answer ends as a stream must that was ended by `code`.
fn assert_cut(text: &str, code: &str) {
    assert!(text.contains(&format!("\"code\":\"{code}\"")), "{text}");
    assert_eq!(text.matches("data: [DONE]").count(), 1, "{text}");
    assert!(text.ends_with("0\r\n\r\n") && !text.contains("\"finish_reason\":\""), "{text}");
}

/// Whether this text is a whole answer that refuses with 409 and must not be repeated.
fn assert_conflict(text: &str, code: &str) {
    assert!(text.starts_with("HTTP/1.1 409") && text.contains("x-should-retry: false"), "{text}");
    let error: Value = serde_json::from_str(&text[text.find('{').unwrap()..]).unwrap();
    assert_eq!((&error["error"]["type"], &error["error"]["code"]), (&json!("conflict_error"), &json!(code)));
}
