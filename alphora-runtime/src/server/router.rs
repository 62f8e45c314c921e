//! The route table: every path on one page.

use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderValue, Method};
use axum::routing::{MethodRouter, any, get, post};
use http::HeaderName;
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};

use super::application::Application;
use super::handler::{
    alive, all_models, chat_on_agent_path, chat_on_openai_path, health_of_agent, model_of_agent,
    model_of_all, models_of_agent, ready, wrong_method, wrong_path,
};
use super::pages;

const CHAT: &str = "/chat/completions";
const MODELS: &str = "/models";
const MODEL: &str = "/models/{*model}";
const HEALTH: &str = "/health";
/// What is below a path and nothing else: answered in OpenAI's words.
const REST: &str = "/{*rest}";

/// The routes of an agent at `path`, which is empty for the root.
pub(super) fn routes_of_agent(path: &str) -> impl Iterator<Item = String> {
    // An agent at the root shares `/health`, and what is unknown, with the server.
    let below: &[&str] = if path.is_empty() { &[] } else { &[HEALTH, REST] };
    [CHAT, MODELS, MODEL].iter().chain(below).map(move |route| format!("{path}{route}"))
}

/// The routes of the surface for OpenAI's clients at `path`, which is empty for the root.
pub(super) fn routes_of_openai(path: &str) -> impl Iterator<Item = String> {
    [CHAT, MODELS, MODEL, REST].iter().map(move |route| format!("{path}{route}"))
}

/// The routes of an application; with `pages` those that are about the server rather than its agents.
pub(super) fn routes(application: &Arc<Application>, pages: bool) -> Router {
    let mut router = Router::new();
    for endpoint in &application.endpoints {
        let path = &endpoint.endpoint.path;
        let state = (application.clone(), endpoint.clone());
        let own = Router::new()
            .route(&format!("{path}{CHAT}"), only(post(chat_on_agent_path)))
            .route(&format!("{path}{MODELS}"), only(get(models_of_agent)))
            .route(&format!("{path}{MODEL}"), only(get(model_of_agent)))
            .with_state(state.clone());
        router = router.merge(own);
        if !path.is_empty() {
            router = router
                .merge(
                    Router::new()
                        .route(&format!("{path}{HEALTH}"), only(get(health_of_agent)))
                        .with_state(state),
                )
                .route(&format!("{path}{REST}"), any(wrong_path));
        }
    }
    if let Some(path) = application.server.openai_path.as_deref() {
        let path = path.trim_end_matches('/');
        let own = Router::new()
            .route(&format!("{path}{CHAT}"), only(post(chat_on_openai_path)))
            .route(&format!("{path}{MODELS}"), only(get(all_models)))
            .route(&format!("{path}{MODEL}"), only(get(model_of_all)))
            .route(&format!("{path}{REST}"), any(wrong_path))
            .with_state(application.clone());
        router = router.merge(own);
    }
    if pages {
        router = router.merge(page_routes(application));
    }
    match cors(application) {
        Some(layer) => router.layer(layer),
        None => router,
    }
}

/// What is about the server: health, readiness, the document and its page.
fn page_routes(application: &Arc<Application>) -> Router {
    Router::new()
        .route(HEALTH, only(get(alive)))
        .route("/ready", only(get(ready)))
        .with_state(application.clone())
        .merge(pages::routes(application))
}

/// The fallback of a server of its own; a nested router leaves it to the application around it.
pub(super) fn with_fallback(router: Router) -> Router {
    router.fallback(wrong_path)
}

/// A route whose other methods are refused in OpenAI's words.
pub(super) fn only<S: Clone + Send + Sync + 'static>(route: MethodRouter<S>) -> MethodRouter<S> {
    route.fallback(wrong_method)
}

/// Browsers' permission for the listed origins. The headers that they ask for are mirrored, because `*` does not
/// cover `Authorization`. The origins have been checked: each of them is a header's value, and none is `*`.
fn cors(application: &Application) -> Option<CorsLayer> {
    let origins: Vec<HeaderValue> = application
        .server
        .allow_origins
        .iter()
        .filter_map(|origin| HeaderValue::from_str(origin).ok())
        .collect();
    if origins.is_empty() {
        return None;
    }
    let exposed = ["x-request-id", "x-run-id", "x-session-id", "retry-after"].map(HeaderName::from_static);
    Some(
        CorsLayer::new()
            .allow_origin(AllowOrigin::list(origins))
            .allow_methods([Method::GET, Method::POST])
            .allow_headers(AllowHeaders::mirror_request())
            .expose_headers(exposed)
            .max_age(std::time::Duration::from_secs(600)),
    )
}
