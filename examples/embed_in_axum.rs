//! An agent inside an axum application that has routes and state of its own.
//!
//! ```text
//! cargo run -p alphora-examples --example embed_in_axum
//!
//! curl localhost:8000/ai/assistant/chat/completions -H 'Content-Type: application/json' \
//!   -d '{"messages": [{"role": "user", "content": "one more"}], "stream": false}'
//! curl localhost:8000/questions
//! ```
//!
//! OpenAI's clients get `http://localhost:8000/ai/v1` as their `base_url`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use alphora::prelude::*;
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use axum::serve::ListenerExt as _;
use tokio::net::TcpListener;

/// The state of the application, which its handlers and the agent share.
#[derive(Clone, Default)]
struct Application {
    questions: Arc<AtomicU64>,
}

async fn questions(State(application): State<Application>) -> String {
    format!("{} questions so far\n", application.questions.load(Ordering::Relaxed))
}

#[agent]
struct Assistant {
    application: Application,
}

#[agent(path = "/assistant")]
impl Assistant {
    async fn run(&self, request: OpenAIRequest) -> String {
        let number = self.application.questions.fetch_add(1, Ordering::Relaxed) + 1;
        format!("Question {number} was: {}", request.get_user_query())
    }
}

#[alphora::main]
async fn main() -> alphora::Result {
    let application = Application::default();
    let agents = publish(Assistant::new(application.clone())).router()?;
    let app = Router::new()
        .route("/questions", get(questions))
        .with_state(application)
        // The agents' router needs no state of the application's: it is nested after `with_state`.
        .nest("/ai", agents);

    let addr = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8000".to_owned());
    // With Nagle's algorithm a small chunk of a stream may wait for the one before it. A server of alphora's own
    // turns it off; here the listener is the application's.
    let listener = TcpListener::bind(addr).await?.tap_io(|connection| {
        let _ = connection.set_nodelay(true);
    });
    axum::serve(listener, app).await?;
    Ok(())
}
