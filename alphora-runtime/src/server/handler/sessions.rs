//! The sessions of an owner with an agent: listed, read, exported, deleted.

mod page;
mod shown;

use std::sync::Arc;

use axum::Extension;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response as AnyResponse};
use http::{HeaderValue, Method, Response, StatusCode, header};
use serde::Serialize;
use serde_json::json;

use self::shown::{Listed, Read};
use super::super::application::{Application, ServedEndpoint};
use super::super::respond::{AnswerBody, Identity, Refusal, json_response};
use super::unknown::{wrong_method, wrong_path};
use crate::session::store::StoredSession;
use crate::session::{Owner, SessionError, SessionId, SessionKey};
use crate::wire::{ErrorBody, RequestError};

type OfAgent = State<(Arc<Application>, Arc<ServedEndpoint>)>;
type Id = Result<Path<String>, PathRejection>;

/// Lets those pass who may use the endpoints of sessions. For others these paths are like any that is not served,
/// whatever their method: so it is the handlers, and not the router, that tell methods apart and list them.
pub(in crate::server) async fn open_sessions(
    State(application): State<Arc<Application>>,
    Extension(owner): Extension<Owner>,
    request: Request,
    next: Next,
) -> AnyResponse {
    if !application.opens_sessions_to(&owner) {
        return wrong_path(request).await.into_response();
    }
    application.start_background();
    next.run(request).await
}

/// `{path}/sessions`: `GET` lists a page of the caller's sessions.
pub(in crate::server) async fn sessions(
    State((_, endpoint)): OfAgent,
    Extension(owner): Extension<Owner>,
    RawQuery(query): RawQuery,
    request: Request,
) -> Response<AnswerBody> {
    match *request.method() {
        Method::GET | Method::HEAD => list(&endpoint, &owner, query.as_deref().unwrap_or_default()).await,
        _ => not_allowed(request, "GET,HEAD").await,
    }
}

/// `{path}/sessions/{id}`: `GET` reads one session with its memory. `DELETE` removes it; a turn that has it goes on,
/// and is not stored.
pub(in crate::server) async fn session(
    State((_, endpoint)): OfAgent,
    Extension(owner): Extension<Owner>,
    id: Id,
    request: Request,
) -> Response<AnswerBody> {
    let mut asked = Asked::new();
    let answer = match *request.method() {
        Method::GET | Method::HEAD => asked.read(&endpoint, owner, id).await,
        Method::DELETE => asked.delete(&endpoint, owner, id).await,
        _ => Ok(not_allowed(request, "DELETE,GET,HEAD").await),
    };
    answer.unwrap_or_else(|refusal| refusal.into_response(&asked.identity))
}

/// `{path}/sessions/{id}/export`: `GET` gives the same as a file.
pub(in crate::server) async fn session_export(
    State((_, endpoint)): OfAgent,
    Extension(owner): Extension<Owner>,
    id: Id,
    request: Request,
) -> Response<AnswerBody> {
    let mut asked = Asked::new();
    let answer = match *request.method() {
        Method::GET | Method::HEAD => asked.export(&endpoint, owner, id).await,
        _ => Ok(not_allowed(request, "GET,HEAD").await),
    };
    answer.unwrap_or_else(|refusal| refusal.into_response(&asked.identity))
}

async fn not_allowed(request: Request, allowed: &'static str) -> Response<AnswerBody> {
    let mut response = wrong_method(request).await;
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static(allowed));
    response
}

async fn list(endpoint: &ServedEndpoint, owner: &Owner, query: &str) -> Response<AnswerBody> {
    let identity = Identity::new();
    let page = match page::read(query) {
        Ok(page) => page,
        Err(error) => return Refusal::from(error).into_response(&identity),
    };
    match endpoint.pool.list(&endpoint.sessions, owner, &page).await {
        Ok(page) => private(&Listed::new(&page), &identity),
        Err(error) => Refusal::of_session(error, &identity).into_response(&identity),
    }
}

/// A request for one session.
struct Asked {
    identity: Identity,
}

impl Asked {
    fn new() -> Self {
        Self { identity: Identity::new() }
    }

    /// The key of the session that a path names, which is from now on the answer's session.
    fn key(&mut self, endpoint: &ServedEndpoint, owner: Owner, id: Id) -> Result<SessionKey, Refusal> {
        let id = match id {
            Ok(Path(id)) => SessionId::parse(&id).map_err(|error| error.to_string()),
            // What is left of a path that the router found are escapes that are no text.
            Err(_) => Err("the session id is not UTF-8".to_owned()),
        };
        let id = id.map_err(|problem| RequestError::invalid_value("session_id", problem))?;
        self.identity.session_id = Some(id.clone());
        Ok(SessionKey::new(endpoint.sessions.clone(), owner, id))
    }

    async fn read(
        &mut self,
        endpoint: &ServedEndpoint,
        owner: Owner,
        id: Id,
    ) -> Result<Response<AnswerBody>, Refusal> {
        let key = self.key(endpoint, owner, id)?;
        let stored = endpoint.pool.read(&key).await.map_err(|error| self.failed(error))?;
        let StoredSession { summary, record } = stored.ok_or_else(unknown_session)?;
        let memory = endpoint.runnable.export(&record).map_err(|error| self.failed(error))?;
        Ok(private(&Read::new(&summary, &memory), &self.identity))
    }

    async fn export(
        &mut self,
        endpoint: &ServedEndpoint,
        owner: Owner,
        id: Id,
    ) -> Result<Response<AnswerBody>, Refusal> {
        let mut response = self.read(endpoint, owner, id).await?;
        if let Some(id) = &self.identity.session_id {
            response.headers_mut().insert(header::CONTENT_DISPOSITION, attachment(id));
        }
        Ok(response)
    }

    async fn delete(
        &mut self,
        endpoint: &ServedEndpoint,
        owner: Owner,
        id: Id,
    ) -> Result<Response<AnswerBody>, Refusal> {
        let key = self.key(endpoint, owner, id)?;
        if !endpoint.pool.remove(&key).await.map_err(|error| self.failed(error))? {
            return Err(unknown_session());
        }
        let body = json!({ "id": key.id().as_str(), "object": "session.deleted", "deleted": true });
        Ok(json_response(StatusCode::OK, &body, &self.identity))
    }

    fn failed(&self, error: SessionError) -> Refusal {
        Refusal::of_session(error, &self.identity)
    }
}

/// What a session says of itself is for its owner: no cache on the way keeps it.
fn private(body: &impl Serialize, identity: &Identity) -> Response<AnswerBody> {
    let mut response = json_response(StatusCode::OK, body, identity);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The answer to an id of nothing, and to that of another owner's session.
fn unknown_session() -> Refusal {
    let message = "there is no session of this id: it was never stored, it has expired, or it was deleted";
    let body = ErrorBody::new("invalid_request_error", message).with_code("session_not_found");
    Refusal::new(StatusCode::NOT_FOUND, body)
}

/// Tells a browser to keep an answer as a file. What not every file system takes in a name is written as `_`.
fn attachment(id: &SessionId) -> HeaderValue {
    let name: String = id
        .as_str()
        .chars()
        .map(|character| if matches!(character, ':' | '~') { '_' } else { character })
        .collect();
    // An id's characters are those of a header's value.
    HeaderValue::from_str(&format!("attachment; filename=\"session-{name}.json\""))
        .unwrap_or_else(|_| HeaderValue::from_static("attachment"))
}
