//! Whether the server lives, whether it takes requests, and how an agent is doing.
//!
//! Probes have no key, so nobody is refused here. How busy a server is and what it runs on is for those who may use it:
//! of others they learn what their tenants do, and of the version what it is open to.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{RawQuery, Request, State};
use http::Response;
use http::StatusCode;
use http::request::Parts;
use serde_json::{Map, Value, json};

use super::super::application::{Application, ServedEndpoint};
use super::super::in_time::in_time;
use super::super::respond::{AnswerBody, Identity, json_response};

/// How long an answer waits to know who asks. Many probes give up after a second, and an authentication that is slow
/// must not make a server look as if it were not there.
const PATIENCE: Duration = Duration::from_millis(500);

/// `GET /health`: the process answers. It asks nobody else: restarting this process brings no store back.
pub(in crate::server) async fn alive() -> Response<AnswerBody> {
    json_response(StatusCode::OK, &json!({ "status": "ok" }), &Identity::new())
}

/// `GET /ready`: 503 from the moment the server is told to stop, and while the session store cannot be used.
///
/// `?exclude=store` leaves the store out, for those who had rather have errors of single requests than no replica at
/// all when the store that all of them share is gone. Who is not let in learns which part is not ready, and no more.
pub(in crate::server) async fn ready(
    State(application): State<Arc<Application>>,
    RawQuery(query): RawQuery,
    request: Request,
) -> Response<AnswerBody> {
    let (parts, _) = request.into_parts();
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
    let drain = if is_draining { "draining" } else { "ok" };
    let body = if lets_in(&application, &parts, None).await {
        json!({ "status": word, "runs": application.running(), "checks": { "drain": drain, "store": store } })
    } else {
        let checks = [("drain", drain), ("store", store)].into_iter();
        let failed = checks.filter(|(_, state)| matches!(*state, "draining" | "unavailable"));
        let failed: Map<String, Value> =
            failed.map(|(part, state)| (part.to_owned(), json!(state))).collect();
        json!({ "status": word, "checks": failed })
    };
    json_response(status, &body, &Identity::new())
}

/// `GET {path}/health`: the seed's health of one agent; of it, who may not use the agent learns that it is served.
pub(in crate::server) async fn health_of_agent(
    State((application, endpoint)): State<(Arc<Application>, Arc<ServedEndpoint>)>,
    request: Request,
) -> Response<AnswerBody> {
    let (parts, _) = request.into_parts();
    let service = json!({
        "agent": endpoint.agent, "method": endpoint.endpoint.method, "model": endpoint.endpoint.name,
    });
    let body = if lets_in(&application, &parts, Some(&endpoint)).await {
        json!({
            "status": "ok",
            "uptime_seconds": application.started.elapsed().as_secs(),
            "service": service,
            "framework": { "name": "alphora", "version": env!("CARGO_PKG_VERSION") },
            "runtime": {
                "runs": application.running(),
                "memory_pool": { "size": endpoint.pool.size(), "max_items": endpoint.pool.max_items() },
            },
        })
    } else {
        json!({ "status": "ok", "service": service })
    };
    json_response(StatusCode::OK, &body, &Identity::new())
}

/// Whether whoever asks may use the server, or this endpoint of it: everybody, where nobody has to say who they are. A
/// wrong key is as good as none, and so is one that is not recognised in time.
async fn lets_in(application: &Application, parts: &Parts, endpoint: Option<&ServedEndpoint>) -> bool {
    if application.authentication.is_none() {
        return true;
    }
    let asked = pin!(application.caller(&parts.headers, &parts.extensions));
    match in_time(PATIENCE, asked).await {
        Some(Ok(caller)) => endpoint.is_none_or(|endpoint| caller.may_use(endpoint)),
        Some(Err(_)) | None => false,
    }
}
