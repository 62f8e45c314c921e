//! Whether the server lives, whether it takes requests, and how an agent is doing.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use http::Response;
use http::StatusCode;
use serde_json::json;

use super::super::application::{Application, ServedEndpoint};
use super::super::respond::{AnswerBody, Identity, json_response};

/// `GET /health`: the process answers. It asks nobody else: restarting this process brings no store back.
pub(in crate::server) async fn alive() -> Response<AnswerBody> {
    json_response(StatusCode::OK, &json!({ "status": "ok" }), &Identity::new())
}

/// `GET /ready`: 503 from the moment the server is told to stop, and while the session store cannot be used.
///
/// `?exclude=store` leaves the store out, for those who had rather have errors of single requests than no replica at
/// all when the store that all of them share is gone.
pub(in crate::server) async fn ready(
    State(application): State<Arc<Application>>,
    RawQuery(query): RawQuery,
) -> Response<AnswerBody> {
    let excludes_store = query.as_deref().unwrap_or_default().split('&').any(|part| part == "exclude=store");
    let is_draining = application.is_draining();
    let store = match &application.store {
        None => "none",
        Some(_) if excludes_store => "excluded",
        Some(_) => {
            // Behind a listener of somebody else's this may be the first request.
            application.start_background();
            if application.store_health.known().await { "ok" } else { "unavailable" }
        }
    };
    let (status, word) = match (is_draining, store) {
        (true, _) => (StatusCode::SERVICE_UNAVAILABLE, "draining"),
        (false, "unavailable") => (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
        (false, _) => (StatusCode::OK, "ready"),
    };
    let checks = json!({ "drain": if is_draining { "draining" } else { "ok" }, "store": store });
    let body = json!({ "status": word, "runs": application.running(), "checks": checks });
    json_response(status, &body, &Identity::new())
}

/// `GET {path}/health`: the seed's health of one agent.
pub(in crate::server) async fn health_of_agent(
    State((application, endpoint)): State<(Arc<Application>, Arc<ServedEndpoint>)>,
) -> Response<AnswerBody> {
    let body = json!({
        "status": "ok",
        "uptime_seconds": application.started.elapsed().as_secs(),
        "service": { "agent": endpoint.agent, "method": endpoint.endpoint.method, "model": endpoint.endpoint.name },
        "framework": { "name": "alphora", "version": env!("CARGO_PKG_VERSION") },
        "runtime": {
            "runs": application.running(),
            "memory_pool": { "size": endpoint.pool.size(), "max_items": endpoint.pool.max_items() },
        },
    });
    json_response(StatusCode::OK, &body, &Identity::new())
}
