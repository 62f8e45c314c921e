//! The seed's `DataStreamer` on its own, in an axum handler that is written by hand: no agent, no `publish`.
//!
//! ```text
//! cargo run -p alphora-examples --example data_streamer
//!
//! curl -N localhost:8000/chat/completions -H 'Content-Type: application/json' \
//!   -d '{"messages": [{"role": "user", "content": "hello"}], "stream": true}'
//! ```
//!
//! With `"stream": false` the same pieces are one object.

use std::time::Duration;

use alphora::prelude::*;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use axum::{Json, Router};
use tokio::net::TcpListener;

/// Writes the answer. `send_data` waits while the client is slow, and fails once the response is over.
async fn answer(streamer: DataStreamer, query: String) -> alphora::Result {
    streamer.send_data("thinking", "Repeat what was said.").await?;
    for piece in query.split_inclusive(' ') {
        streamer.send_data("text", piece).await?;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    streamer.stop_with("stop").await
}

async fn chat(Json(request): Json<OpenAIRequest>) -> Result<Response, (StatusCode, String)> {
    respond(&request).await.map_err(|error| (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))
}

#[expect(
    clippy::disallowed_methods,
    reason = "the task ends with its response, at the streamer's timeout at the latest"
)]
async fn respond(request: &OpenAIRequest) -> alphora::Result<Response> {
    // After a minute the response ends with `finish_reason: "timeout"`, whatever `answer` does.
    let streamer = DataStreamer::new(Duration::from_mins(1), "MyModel")?;
    // Nothing to wait for: the client reads how the answer ends, also if it ends in an error.
    drop(tokio::spawn(answer(streamer.clone(), request.get_user_query().into_owned())));
    if request.stream {
        Ok(streamer.start_streaming_openai()?.into_response())
    } else {
        Ok(Json(streamer.start_non_streaming_openai().await?).into_response())
    }
}

#[alphora::main]
async fn main() -> alphora::Result {
    let app = Router::new().route("/chat/completions", post(chat));
    let addr = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8000".to_owned());
    axum::serve(TcpListener::bind(addr).await?, app).await?;
    Ok(())
}
