//! The events of a run whose stream can be resumed, for a client that comes back.

use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use http::{HeaderMap, HeaderValue, Response, StatusCode};

use super::super::application::{Application, ServedEndpoint};
use super::super::authentication::Caller;
use super::super::idempotency::Kept;
use super::super::respond::{self, AnswerBody, DONE, FollowBody, Identity, Refusal};
use crate::random::Identifier;
use crate::session::store::{RunEvents, RunKey, StoreError};
use crate::shown::beginning;
use crate::wire::{ErrorBody, RequestError};

/// What an `EventSource` sends when it comes back by itself.
const LAST_EVENT_ID: &str = "last-event-id";

/// The same for clients that cannot send headers. The header wins: a client that has come back once keeps its URL.
const LAST_EVENT_ID_IN_QUERY: &str = "last_event_id";

/// Events have lower numbers. What a client says beyond that is none, and need not fit into every store.
const HIGHEST: u64 = 1 << 53;

type Id = Result<Path<String>, PathRejection>;

/// `GET {path}/runs/{id}/events`: of a run of this agent.
pub(in crate::server) async fn events_of_agent(
    State((application, endpoint)): State<(Arc<Application>, Arc<ServedEndpoint>)>,
    Extension(caller): Extension<Caller>,
    id: Id,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response<AnswerBody> {
    let agents = [(endpoint.sessions.clone(), endpoint.keep_alive)];
    answer(&application, &agents, &caller, id, after(&headers, query.as_deref())).await
}

/// `GET /v1/runs/{id}/events`: of a run of any agent that the caller may use.
pub(in crate::server) async fn events_of_all(
    State(application): State<Arc<Application>>,
    Extension(caller): Extension<Caller>,
    id: Id,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response<AnswerBody> {
    let agents = agents_of(&application, &caller);
    answer(&application, &agents, &caller, id, after(&headers, query.as_deref())).await
}

/// All agents that the caller may use, each with how often its silent streams tell that they live.
pub(super) fn agents_of(application: &Application, caller: &Caller) -> Vec<(Arc<str>, Duration)> {
    let mut agents: Vec<(Arc<str>, Duration)> = Vec::new();
    for served in application.endpoints.iter().filter(|served| caller.may_use(served)) {
        if !agents.iter().any(|(agent, _)| *agent == served.sessions) {
            agents.push((served.sessions.clone(), served.keep_alive));
        }
    }
    agents
}

/// `agents` are those whose run it may be, as [`agents_of`] gives them.
async fn answer(
    application: &Arc<Application>,
    agents: &[(Arc<str>, Duration)],
    caller: &Caller,
    id: Id,
    after: Result<u64, RequestError>,
) -> Response<AnswerBody> {
    let identity = Identity::new();
    let answer = async {
        let after = after?;
        // An id that is none is the id of nothing.
        let id = id.map_err(|_| not_found())?.0;
        let run = Identifier::read("cmpl-", &id).ok_or_else(not_found)?;
        for (agent, keep_alive) in agents {
            let run = RunKey { agent: agent.clone(), owner: caller.owner.clone(), run };
            let unread = |error: StoreError| Refusal::of_session(error.into(), &identity);
            match application.run_log.read(&run, after, Duration::ZERO).await.map_err(unread)? {
                RunEvents::Unknown => {}
                // A run that was refused before it had sent anything has no stream to come back to.
                RunEvents::Events { events, ended: true } if after == 0 && events.is_empty() => {}
                // Nor has one that was answered in one piece.
                RunEvents::Events { events, .. }
                    if events.first().is_some_and(|event| Kept::decode(&event.bytes).is_some()) => {}
                RunEvents::Gone => return Err(gone()),
                RunEvents::Events { events, ended: true }
                    if events.is_empty() && !has_end(application, &run, after).await.map_err(unread)? =>
                {
                    return Err(gone());
                }
                // What this server has begun it brings to its end; for all else another one is there.
                RunEvents::Events { ended: false, .. }
                    if application.is_draining() && !application.running.contains_key(&run.run) =>
                {
                    return Err(Refusal::shutting_down());
                }
                RunEvents::Events { events, ended } => {
                    let place = application.wait_for_rest(caller, &run, (&events, ended)).await?;
                    let found = ((events, ended), place);
                    let body =
                        FollowBody::resumed(application.clone(), run, after, found, *keep_alive, false);
                    let mut response = respond::event_response(AnswerBody::Follow(Box::new(body)), &identity);
                    if let Ok(id) = HeaderValue::from_str(&id) {
                        response.headers_mut().insert("x-run-id", id);
                    }
                    return Ok(response);
                }
            }
        }
        Err(not_found())
    }
    .await;
    answer.unwrap_or_else(|refusal| refusal.into_response(&identity))
}

/// Whether the event with this id is the end of a stream. Where a log was lost while its run went on, it ends with
/// another one, and a client that has seen more than that must not take it for the end.
///
/// # Errors
/// The log cannot be read: nobody knows.
async fn has_end(application: &Application, run: &RunKey, id: u64) -> Result<bool, StoreError> {
    Ok(match application.run_log.read(run, id.saturating_sub(1), Duration::ZERO).await? {
        RunEvents::Events { events, .. } => {
            events.first().is_some_and(|event| event.id == id && event.bytes.ends_with(DONE))
        }
        // The end itself may be the one event that is too large to be kept with anything before it.
        RunEvents::Gone => true,
        RunEvents::Unknown => false,
    })
}

/// The number of the last event that the client has, 0 if it has none.
fn after(headers: &HeaderMap, query: Option<&str>) -> Result<u64, RequestError> {
    let in_header = headers.get(LAST_EVENT_ID).map(|value| (LAST_EVENT_ID, value.as_bytes()));
    let in_query = query
        .into_iter()
        .flat_map(|query| query.split('&'))
        .filter_map(|pair| pair.split_once('='))
        .find(|(name, _)| *name == LAST_EVENT_ID_IN_QUERY)
        .map(|(name, value)| (name, value.as_bytes()));
    match in_header.or(in_query) {
        None | Some((_, b"")) => Ok(0),
        Some((name, value)) => std::str::from_utf8(value)
            .ok()
            .filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))
            .and_then(|text| text.parse::<u64>().ok())
            .map(|id| id.min(HIGHEST))
            .ok_or_else(|| {
                let value = String::from_utf8_lossy(value);
                let message = format!(
                    "`{name}` is `{}`: send the `id` of the last event that has arrived, which is a number, or leave \
                     it out to begin with the first",
                    beginning(&value).escape_default()
                );
                RequestError::invalid_value(name, message)
            }),
    }
}

fn not_found() -> Refusal {
    let message = "no run of this id can be resumed: its id is the `x-run-id` of an answer to a request with \
                   `x-alphora-resumable: 1`, and its events are kept for some minutes after its end, or until later runs \
                   need the room";
    Refusal::new(
        StatusCode::NOT_FOUND,
        ErrorBody::new("invalid_request_error", message).with_code("run_not_found"),
    )
}

fn gone() -> Refusal {
    let message = "events after this one are not kept, because the run has sent more than is kept of a run, or because \
                   they could not be kept: read its session, or send the request again";
    Refusal::new(
        StatusCode::GONE,
        ErrorBody::new("invalid_request_error", message).with_code("run_events_gone"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_wins_and_only_numbers_count() {
        let header = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(LAST_EVENT_ID, HeaderValue::from_static(value));
            headers
        };
        let none = HeaderMap::new();
        assert_eq!(after(&none, None), Ok(0));
        assert_eq!(after(&none, Some("a=1&last_event_id=7&b")), Ok(7));
        assert_eq!(after(&header("12"), Some("last_event_id=7")), Ok(12));
        assert_eq!(after(&header(""), None), Ok(0));
        for wrong in ["x", "-1", "+1", "1.0", " 1", "18446744073709551616"] {
            assert!(after(&none, Some(&format!("last_event_id={wrong}"))).is_err(), "{wrong}");
        }
        let error = after(&header("1a"), None).unwrap_err();
        assert!(error.to_string().contains("`last-event-id` is `1a`: send the `id`"), "{error}");
    }
}
