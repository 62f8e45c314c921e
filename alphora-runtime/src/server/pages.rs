//! The routes of the API document and its page: static, made once when the server is built.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use axum::routing::get;
use bytes::Bytes;
use http::{HeaderName, HeaderValue, header};

use super::application::Application;
use super::openapi::{CONTENT_SECURITY_POLICY, DocumentedAgent, PAGE_FILES, document};
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
        })
        .collect();
    let document = document(&agents, application.server.openai_path.as_deref());
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
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CONTENT_SECURITY_POLICY));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(HeaderName::from_static("cache-control"), HeaderValue::from_static("no-cache"));
    Identity::new().write(headers);
    response
}
