//! The greeter of `examples/quick_start.rs` as one writes it by hand: axum, `Sse` over a channel, serde.

use std::convert::Infallible;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::serve::ListenerExt;
use axum::{Json, Router};
use dashmap::DashMap;
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_stream::StreamExt;
use tokio_stream::wrappers::ReceiverStream;

/// How many events an agent may be ahead of its client.
const EVENTS_AHEAD: usize = 64;

#[derive(Deserialize)]
struct ChatRequest {
    #[serde(default)]
    messages: Vec<Message>,
    #[serde(default = "streams_by_default")]
    stream: bool,
    session_id: Option<String>,
}

fn streams_by_default() -> bool {
    true
}

#[derive(Deserialize)]
struct Message {
    role: String,
    content: String,
}

#[derive(Serialize)]
struct Completion<'a> {
    id: &'a str,
    object: &'static str,
    created: u64,
    model: &'static str,
    choices: [Choice<'a>; 1],
}

#[derive(Serialize)]
struct Choice<'a> {
    index: u32,
    delta: Delta<'a>,
    finish_reason: Option<&'static str>,
}

#[derive(Serialize)]
struct Delta<'a> {
    content: &'a str,
    content_type: &'static str,
}

struct Part {
    content_type: &'static str,
    text: String,
}

struct Greeter {
    greeting: String,
    memories: DashMap<String, Arc<Mutex<Vec<String>>>>,
    responses: AtomicU64,
}

impl Greeter {
    async fn run(&self, request: ChatRequest, events: mpsc::Sender<Part>) -> Option<()> {
        let memory = match &request.session_id {
            Some(id) => self.memories.entry(id.clone()).or_default().clone(),
            None => Arc::default(),
        };
        let count = {
            let mut memory = memory.lock().unwrap_or_else(PoisonError::into_inner);
            let said = request.messages.into_iter().rev().find(|message| message.role == "user");
            memory.extend(said.map(|message| message.content));
            memory.len()
        };
        events.send(Part { content_type: "thinking", text: "whom do I know?".into() }).await.ok()?;
        let answer = format!("{} (you have written {count} times)", self.greeting);
        events.send(Part { content_type: "text", text: answer }).await.ok()
    }
}

async fn chat_completions(State(greeter): State<Arc<Greeter>>, Json(request): Json<ChatRequest>) -> Response {
    let (sender, mut events) = mpsc::channel(EVENTS_AHEAD);
    let id = format!("cmpl-{:032x}", greeter.responses.fetch_add(1, Ordering::Relaxed));
    let created = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let streaming = request.stream;
    tokio::spawn(async move { greeter.run(request, sender).await });

    if streaming {
        let stop = [Part { content_type: "stop", text: String::new() }];
        let parts = ReceiverStream::new(events).chain(tokio_stream::iter(stop));
        let chunks = parts.map(move |part| {
            let reason = (part.content_type == "stop").then_some("stop");
            let chunk = completion(&id, "chat.completion.chunk", created, &part, reason);
            Ok::<_, Infallible>(Event::default().data(serde_json::to_string(&chunk).unwrap_or_default()))
        });
        return Sse::new(chunks).keep_alive(KeepAlive::default()).into_response();
    }
    let mut text = String::new();
    while let Some(part) = events.recv().await {
        let escaped = part.text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        text.push_str(&format!("<content type=\"{}\">{escaped}</content>", part.content_type));
    }
    let part = Part { content_type: "mixed-xml", text };
    Json(completion(&id, "chat.completion", created, &part, Some("stop"))).into_response()
}

fn completion<'a>(
    id: &'a str,
    object: &'static str,
    created: u64,
    part: &'a Part,
    finish_reason: Option<&'static str>,
) -> Completion<'a> {
    let delta = Delta { content: &part.text, content_type: part.content_type };
    Completion {
        id,
        object,
        created,
        model: "AlphaData",
        choices: [Choice { index: 0, delta, finish_reason }],
    }
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let greeter =
        Greeter { greeting: "Hello!".into(), memories: DashMap::new(), responses: AtomicU64::new(0) };
    let router = Router::new()
        .route("/alphadata/chat/completions", post(chat_completions))
        .with_state(Arc::new(greeter));
    let listener = TcpListener::bind("127.0.0.1:8000").await?.tap_io(|socket| {
        // A socket that is gone already fails at its first read.
        let _ = socket.set_nodelay(true);
    });
    axum::serve(listener, router).await
}
