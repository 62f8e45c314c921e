//! Ends a run by its id.

use std::sync::Arc;

use axum::Extension;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use http::{Response, StatusCode};
use serde_json::json;

use super::super::application::{Application, ServedEndpoint};
use super::super::authentication::Caller;
use super::super::respond::{AnswerBody, Identity, Refusal, json_response};
use super::events::agents_of;
use crate::random::Identifier;
use crate::session::store::{RunKey, StoreError};
use crate::wire::ErrorBody;

type Id = Result<Path<String>, PathRejection>;

/// `POST {path}/runs/{id}/cancel`: a run of this agent.
pub(in crate::server) async fn cancel_of_agent(
    State((application, endpoint)): State<(Arc<Application>, Arc<ServedEndpoint>)>,
    Extension(caller): Extension<Caller>,
    id: Id,
) -> Response<AnswerBody> {
    answer(&application, Some(&endpoint), &caller, id).await
}

/// `POST /v1/runs/{id}/cancel`: a run of any agent.
pub(in crate::server) async fn cancel_of_all(
    State(application): State<Arc<Application>>,
    Extension(caller): Extension<Caller>,
    id: Id,
) -> Response<AnswerBody> {
    answer(&application, None, &caller, id).await
}

async fn answer(
    application: &Application,
    endpoint: Option<&ServedEndpoint>,
    caller: &Caller,
    id: Id,
) -> Response<AnswerBody> {
    let identity = Identity::new();
    // An id that is none is the id of nothing.
    let read = id.ok().and_then(|Path(id)| Some((Identifier::read("cmpl-", &id)?, id)));
    let cancelled = match &read {
        Some((run, _)) => cancel(application, endpoint, caller, *run).await,
        None => Ok(false),
    };
    match (cancelled, read) {
        // The run ends in its own time, which is at its next `await`.
        (Ok(true), Some((_, id))) => {
            let body = json!({ "id": id, "object": "run", "status": "cancelling" });
            json_response(StatusCode::ACCEPTED, &body, &identity)
        }
        (Ok(_), _) => Refusal::new(
            StatusCode::NOT_FOUND,
            ErrorBody::new(
                "invalid_request_error",
                "no run of this id is under way here: a run's id is its answer's `x-run-id`, and one that has ended \
                 cannot be cancelled",
            )
            .with_code("run_not_found"),
        )
        .into_response(&identity),
        (Err(error), _) => Refusal::of_session(error.into(), &identity).into_response(&identity),
    }
}

/// Asks a run to end, and says whether there is one that has not. Whoever knows the id of a run was told it by its
/// answer: nobody can guess one. Knowing another owner's does not help.
///
/// A run of another process is reached through the log that both share, if its stream can be resumed: it hears of it
/// within a second or two.
async fn cancel(
    application: &Application,
    endpoint: Option<&ServedEndpoint>,
    caller: &Caller,
    run: u128,
) -> Result<bool, StoreError> {
    if application.cancel(run, endpoint, caller) {
        return Ok(true);
    }
    if application.running.contains_key(&run) {
        return Ok(false);
    }
    let agents = match endpoint {
        Some(endpoint) => vec![(endpoint.sessions.clone(), endpoint.keep_alive)],
        None => agents_of(application, caller),
    };
    for (agent, _) in agents {
        if application.run_log.cancel(&RunKey { agent, owner: caller.owner.clone(), run }).await? {
            return Ok(true);
        }
    }
    Ok(false)
}
