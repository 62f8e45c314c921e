//! Whether the server lives, whether it takes requests, and how an agent is doing.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use serde_json::json;

use super::super::application::{Application, ServedEndpoint};
use super::super::respond::{Identity, json_response};

/// `GET /health`: the process answers.
pub(in crate::server) async fn alive() -> Response {
    json_response(StatusCode::OK, &json!({ "status": "ok" }), &Identity::new())
}

/// `GET /ready`: 503 from the moment the server is told to stop.
pub(in crate::server) async fn ready(State(application): State<Arc<Application>>) -> Response {
    let (status, word) = if application.is_draining() {
        (StatusCode::SERVICE_UNAVAILABLE, "draining")
    } else {
        (StatusCode::OK, "ready")
    };
    json_response(status, &json!({ "status": word, "runs": application.running() }), &Identity::new())
}

/// `GET {path}/health`: the seed's health of one agent.
pub(in crate::server) async fn health_of_agent(
    State((application, endpoint)): State<(Arc<Application>, Arc<ServedEndpoint>)>,
) -> Response {
    let body = json!({
        "status": "ok",
        "uptime_seconds": application.started.elapsed().as_secs(),
        "service": { "agent": endpoint.agent, "method": endpoint.endpoint.method, "model": endpoint.endpoint.name },
        "framework": { "name": "alphora", "version": env!("CARGO_PKG_VERSION") },
        "runtime": {
            "runs": application.running(),
            "memory_pool": { "size": endpoint.pool.size(), "max_items": endpoint.max_memory_items },
        },
    });
    json_response(StatusCode::OK, &body, &Identity::new())
}
