//! The baseline: what a good engineer writes in an hour with axum, `Sse`, a channel and serde.

mod agent;
mod wire;

use std::convert::Infallible;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::serve::ListenerExt;
use axum::{Json, Router};
use dashmap::DashMap;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_stream::StreamExt;
use tokio_stream::wrappers::ReceiverStream;

use self::agent::{Agent, Delta, Memory};
use self::wire::{ChatRequest, Head};
use crate::Result;
use crate::server_process::announce;

/// How many events an agent may be ahead of its client.
const EVENTS_AHEAD: usize = 64;

#[derive(Default)]
struct Sessions {
    memories: DashMap<String, Memory>,
}

/// Serves on a free port of the loopback interface.
pub(crate) async fn serve() -> Result {
    let router = Router::new()
        .route("/alphadata/chat/completions", post(chat_completions))
        .with_state(Arc::new(Sessions::default()));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    announce(listener.local_addr()?)?;
    let listener = listener.tap_io(|socket| {
        // A socket that is gone already fails at its first read.
        let _ = socket.set_nodelay(true);
    });
    axum::serve(listener, router).await?;
    Ok(())
}

async fn chat_completions(
    State(sessions): State<Arc<Sessions>>,
    Json(request): Json<ChatRequest>,
) -> Response {
    let memory = match &request.session_id {
        Some(id) => sessions.memories.entry(id.clone()).or_default().clone(),
        None => Memory::default(),
    };
    let (sender, events) = mpsc::channel(EVENTS_AHEAD);
    let agent = Agent { memory, events: sender };
    let head = match random_number() {
        Ok(number) => Head { id: format!("cmpl-{number:032x}"), created: seconds_since_epoch() },
        Err(error) => return (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    };
    let streaming = request.stream;

    #[expect(clippy::disallowed_methods, reason = "the baseline does without alphora's task tracker")]
    tokio::spawn(async move {
        // An error says that the client has left.
        let _ = agent.run(request).await;
    });

    if streaming { stream(head, events).into_response() } else { complete(head, events).await }
}

fn stream(head: Head, events: mpsc::Receiver<Delta>) -> impl IntoResponse {
    Sse::new(ReceiverStream::new(events).map(move |delta| {
        let chunk = match &delta {
            Delta::Content { content_type, text } => head.chunk(content_type, text, None),
            Delta::Stop { reason } => head.chunk("stop", "", Some(reason)),
        };
        let data = serde_json::to_string(&chunk).unwrap_or_default();
        Ok::<_, Infallible>(Event::default().data(data))
    }))
}

async fn complete(head: Head, mut events: mpsc::Receiver<Delta>) -> Response {
    let mut texts = Vec::<(&'static str, String)>::new();
    let mut reason = "stop";
    while let Some(delta) = events.recv().await {
        match delta {
            Delta::Stop { reason: given } => {
                reason = given;
                break;
            }
            Delta::Content { content_type, text } => {
                match texts.iter_mut().find(|(known, _)| *known == content_type) {
                    Some((_, texts)) => texts.push_str(&text),
                    None => texts.push((content_type, text)),
                }
            }
        }
    }
    let content = wire::mixed_xml(&texts);
    Json(head.completion(&content, reason)).into_response()
}

fn random_number() -> Result<u128, getrandom::Error> {
    let mut bytes = [0; size_of::<u128>()];
    getrandom::fill(&mut bytes)?;
    Ok(u128::from_ne_bytes(bytes))
}

fn seconds_since_epoch() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}
