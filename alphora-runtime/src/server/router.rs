//! The route table: every path on one page, and who has to say who they are.

use std::sync::Arc;

use axum::Router;
use axum::extract::{MatchedPath, Request};
use axum::middleware::{Next, from_fn, from_fn_with_state, map_response};
use axum::response::Response;
use axum::routing::{MethodRouter, any, get, post};

use super::application::{Application, ServedEndpoint};
use super::authentication::{admit, sign};
use super::browser::{Guard, as_data, cors, guard};
use super::handler::{
    alive, all_models, cancel_of_agent, cancel_of_all, events_of_agent, events_of_all, health_of_agent,
    model_of_agent, model_of_all, models_of_agent, open_sessions, ready, routed_to_agent, routed_to_openai,
    session, session_export, sessions, wrong_method, wrong_path,
};
#[cfg(feature = "metrics")]
use super::metrics::metrics;
use super::pages;

pub(super) const CHAT: &str = "/chat/completions";
const MODELS: &str = "/models";
const MODEL: &str = "/models/{*model}";
const CANCEL: &str = "/runs/{id}/cancel";
/// Below the same wildcard as the one before.
const EVENTS: &str = "/runs/{id}/events";
const SESSIONS: &str = "/sessions";
const SESSION: &str = "/sessions/{id}";
const EXPORT: &str = "/sessions/{id}/export";
const HEALTH: &str = "/health";
/// What is below a path and nothing else: answered in OpenAI's words.
const REST: &str = "/{*rest}";

/// The routes of an agent at `path`, which is empty for the root; of several that are below one wildcard, one.
///
/// Those of its sessions are among them whether they are open or not: opening them takes nothing from others.
pub(super) fn routes_of_agent(path: &str, has_memory: bool) -> impl Iterator<Item = String> {
    // An agent at the root shares `/health`, and what is unknown, with the server.
    let below: &[&str] = if path.is_empty() { &[] } else { &[HEALTH, REST] };
    let sessions: &[&str] = if has_memory { &[SESSIONS, SESSION] } else { &[] };
    let own = [CHAT, MODELS, MODEL, CANCEL].into_iter();
    own.chain(sessions.iter().copied())
        .chain(below.iter().copied())
        .map(move |route| format!("{path}{route}"))
}

/// The routes of the surface for OpenAI's clients at `path`, which is empty for the root.
pub(super) fn routes_of_openai(path: &str) -> impl Iterator<Item = String> {
    [CHAT, MODELS, MODEL, CANCEL, REST].iter().map(move |route| format!("{path}{route}"))
}

/// The routes of a server of its own, and what it answers where there is none.
pub(super) fn routes_of_server(application: &Arc<Application>) -> Router {
    let sessions = application.has_session_endpoints();
    for_browsers(routes(application, true, sessions).fallback(wrong_path), application, sessions)
        .layer(from_fn(note_route))
}

/// The routes to be served by an application around them; with `pages` those that are about the server rather than
/// its agents. What is not found is left to that application, which may also say whose a request is: so the routes of
/// sessions are always there.
pub(super) fn routes_to_nest(application: &Arc<Application>, pages: bool) -> Router {
    let router = for_browsers(routes(application, pages, true), application, true);
    match Guard::of_routes(&application.server) {
        Some(hosts) => router.layer(from_fn_with_state(Arc::new(hosts), guard)),
        None => router,
    }
}

/// Tells who counts requests which of the routes a request has taken.
async fn note_route(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().cloned();
    let mut response = next.run(request).await;
    if let Some(route) = route {
        response.extensions_mut().insert(route);
    }
    response
}

/// `router`, with what all of its answers tell a browser, errors included. A chat completion that has gone straight to its
/// handler is not one of them: what a page has sent is always routed.
fn for_browsers(router: Router, application: &Application, sessions: bool) -> Router {
    let router = router.layer(map_response(|mut answer: Response| async move {
        as_data(answer.headers_mut());
        answer
    }));
    let sessions = sessions && application.endpoints.iter().any(|endpoint| endpoint.has_memory);
    match cors(&application.server, sessions) {
        Some(layer) => router.layer(layer),
        None => router,
    }
}

fn routes(application: &Arc<Application>, pages: bool, sessions: bool) -> Router {
    let mut router = Router::new();
    for endpoint in &application.endpoints {
        router = router.merge(agent_routes(application, endpoint));
        if sessions && endpoint.has_memory {
            router = router.merge(session_routes(application, endpoint));
        }
    }
    if let Some(path) = application.server.openai_path.as_deref() {
        router = router.merge(openai_routes(application, path.trim_end_matches('/')));
    }
    if pages {
        router = router.merge(page_routes(application));
    }
    router
}

fn agent_routes(application: &Arc<Application>, endpoint: &Arc<ServedEndpoint>) -> Router {
    let path = &endpoint.endpoint.path;
    let state = (application.clone(), endpoint.clone());
    let router = Router::new()
        .route(&format!("{path}{MODELS}"), only(get(models_of_agent)))
        .route(&format!("{path}{MODEL}"), only(get(model_of_agent)))
        .route(&format!("{path}{CANCEL}"), only(post(cancel_of_agent)))
        .route(&format!("{path}{EVENTS}"), only(get(events_of_agent)))
        .layer(from_fn_with_state(endpoint.clone(), admit))
        .layer(from_fn_with_state(application.clone(), sign))
        // A chat completion asks by itself whose it is: it does not always come through a router.
        .route(&format!("{path}{CHAT}"), only(post(routed_to_agent)));
    if path.is_empty() {
        return router.with_state(state);
    }
    router
        .route(&format!("{path}{HEALTH}"), only(get(health_of_agent)))
        .route(&format!("{path}{REST}"), any(wrong_path))
        .with_state(state)
}

fn session_routes(application: &Arc<Application>, endpoint: &Arc<ServedEndpoint>) -> Router {
    let path = &endpoint.endpoint.path;
    if application.store.is_none() {
        endpoint.pool.keep_directory();
    }
    Router::new()
        .route(&format!("{path}{SESSIONS}"), any(sessions))
        .route(&format!("{path}{SESSION}"), any(session))
        .route(&format!("{path}{EXPORT}"), any(session_export))
        .layer(from_fn_with_state(endpoint.clone(), admit))
        .layer(from_fn_with_state(application.clone(), open_sessions))
        .layer(from_fn_with_state(application.clone(), sign))
        .with_state((application.clone(), endpoint.clone()))
}

fn openai_routes(application: &Arc<Application>, path: &str) -> Router {
    Router::new()
        .route(&format!("{path}{MODELS}"), only(get(all_models)))
        .route(&format!("{path}{MODEL}"), only(get(model_of_all)))
        .route(&format!("{path}{CANCEL}"), only(post(cancel_of_all)))
        .route(&format!("{path}{EVENTS}"), only(get(events_of_all)))
        .layer(from_fn_with_state(application.clone(), sign))
        .route(&format!("{path}{CHAT}"), only(post(routed_to_openai)))
        .route(&format!("{path}{REST}"), any(wrong_path))
        .with_state(application.clone())
}

/// What is about the server: health, readiness, the document and its page.
fn page_routes(application: &Arc<Application>) -> Router {
    let router = Router::new().route(HEALTH, only(get(alive))).route("/ready", only(get(ready)));
    #[cfg(feature = "metrics")]
    let router = router.route("/metrics", only(get(metrics)));
    router.with_state(application.clone()).merge(pages::routes(application))
}

/// A route whose other methods are refused in OpenAI's words.
pub(super) fn only<S: Clone + Send + Sync + 'static>(route: MethodRouter<S>) -> MethodRouter<S> {
    route.fallback(wrong_method)
}
