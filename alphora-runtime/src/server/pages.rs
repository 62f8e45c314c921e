//! The routes of the API document and its page: static, made once when the server is built.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use axum::routing::get;
use bytes::Bytes;
use http::{HeaderValue, header};

use super::application::Application;
use super::browser::as_page;
use super::openapi::{DocumentedAgent, PAGE_FILES, document};
use super::respond::Identity;
use super::router::only;

/// `/openapi.json` and `/docs` with its files.
pub(super) fn routes(application: &Arc<Application>) -> Router {
    let agents: Vec<DocumentedAgent> = application
        .endpoints
        .iter()
        .map(|served| DocumentedAgent {
            name: served.endpoint.name.clone(),
            title: served.endpoint.title.clone(),
            description: served.endpoint.description.clone(),
            path: served.endpoint.path.clone(),
            default_stream: served.default_stream,
            has_memory: served.has_memory,
            session_endpoints: served.has_memory && application.has_session_endpoints(),
        })
        .collect();
    let server = &application.server;
    let authenticated = application.authentication.is_some();
    let document = document(&agents, server.openai_path.as_deref(), authenticated, server.max_messages);
    let document = Bytes::from(serde_json::to_vec(&document).unwrap_or_default());
    let mut router = Router::new().route(
        "/openapi.json",
        only(get(move || {
            let document = document.clone();
            async move { response("application/json", document) }
        })),
    );
    for file in PAGE_FILES {
        let page =
            move || async move { response(file.content_type, Bytes::from_static(file.body.as_bytes())) };
        router = router.route(file.path, only(get(page)));
    }
    router
}

fn response(content_type: &'static str, body: Bytes) -> Response {
    let mut response = Response::new(Body::from(body));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    as_page(headers);
    Identity::new().write(headers);
    response
}
