//! The agents as OpenAI's list of models.

use std::sync::Arc;

use axum::Extension;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use http::Response;
use http::StatusCode;
use serde_json::{Value, json};

use super::super::application::{Application, ServedEndpoint};
use super::super::authentication::Caller;
use super::super::respond::{AnswerBody, Identity, Refusal, json_response};
use crate::wire::ErrorBody;

type OfAgent = State<(Arc<Application>, Arc<ServedEndpoint>)>;

fn object(application: &Application, endpoint: &ServedEndpoint) -> Value {
    json!({
        "id": endpoint.endpoint.name,
        "object": "model",
        "created": application.created,
        "owned_by": "alphora",
    })
}

fn list(application: &Application, endpoints: &[Arc<ServedEndpoint>]) -> Response<AnswerBody> {
    let data: Vec<Value> = endpoints.iter().map(|endpoint| object(application, endpoint)).collect();
    json_response(StatusCode::OK, &json!({ "object": "list", "data": data }), &Identity::new())
}

/// A name that is no text is the name of nothing.
fn find(
    application: &Application,
    endpoints: &[Arc<ServedEndpoint>],
    name: &Result<Path<String>, PathRejection>,
) -> Response<AnswerBody> {
    let named = |endpoint: &&Arc<ServedEndpoint>| {
        name.as_ref().is_ok_and(|Path(name)| endpoint.endpoint.name == *name)
    };
    match endpoints.iter().find(named) {
        Some(endpoint) => json_response(StatusCode::OK, &object(application, endpoint), &Identity::new()),
        None => Refusal::new(
            StatusCode::NOT_FOUND,
            ErrorBody::new("invalid_request_error", "no agent of this name is served here")
                .with_param("model")
                .with_code("model_not_found"),
        )
        .into_response(&Identity::new()),
    }
}

/// `GET /v1/models`: those that the caller may use.
pub(in crate::server) async fn all_models(
    State(application): State<Arc<Application>>,
    Extension(caller): Extension<Caller>,
) -> Response<AnswerBody> {
    list(&application, &usable(&application, &caller))
}

/// `GET /v1/models/{model}`.
pub(in crate::server) async fn model_of_all(
    State(application): State<Arc<Application>>,
    Extension(caller): Extension<Caller>,
    name: Result<Path<String>, PathRejection>,
) -> Response<AnswerBody> {
    find(&application, &usable(&application, &caller), &name)
}

fn usable(application: &Application, caller: &Caller) -> Vec<Arc<ServedEndpoint>> {
    application.endpoints.iter().filter(|endpoint| caller.may_use(endpoint)).cloned().collect()
}

/// `GET {path}/models`.
pub(in crate::server) async fn models_of_agent(
    State((application, endpoint)): OfAgent,
) -> Response<AnswerBody> {
    list(&application, std::slice::from_ref(&endpoint))
}

/// `GET {path}/models/{model}`.
pub(in crate::server) async fn model_of_agent(
    State((application, endpoint)): OfAgent,
    name: Result<Path<String>, PathRejection>,
) -> Response<AnswerBody> {
    find(&application, std::slice::from_ref(&endpoint), &name)
}
