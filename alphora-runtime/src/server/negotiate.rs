//! What a request asks for beyond its body: a stream or one piece, and which session.

use super::application::{Application, ServedEndpoint};
use crate::agent::Session;
use crate::error::Error;
use crate::session::{Owner, SessionId, SessionKey};
use crate::stream::Surface;
use crate::wire::{OpenAIRequest, RequestError};

/// Whether the answer is a stream.
///
/// What the body says counts. On `/v1` an absent `stream` is `false`, as OpenAI says. On the agent's own path it
/// is the agent's default, the seed's `true`, unless the client says that it takes JSON: by `Accept`, or by being
/// one of OpenAI's libraries, which leave `stream` out when they want one piece.
pub(super) fn wants_stream(surface: Surface, request: &OpenAIRequest, default_stream: bool) -> bool {
    if let Some(given) = request.stream_given() {
        return given;
    }
    if surface == Surface::OpenAi {
        return false;
    }
    let accept = request.get_header("accept").unwrap_or_default();
    if accept.contains("text/event-stream") {
        return true;
    }
    if accept.contains("application/json") && !accept.contains("*/*") {
        return false;
    }
    if request.get_header("x-stainless-lang").is_some() {
        return false;
    }
    default_stream
}

/// The longest name of a model, in bytes: it is said back in every chunk.
const LONGEST_MODEL: usize = 256;

/// Refuses a model's name that would make every chunk of the answer large.
pub(super) fn check_model(request: &OpenAIRequest) -> Result<(), RequestError> {
    match &request.model {
        Some(model) if model.len() > LONGEST_MODEL => Err(RequestError::invalid_value(
            "model",
            format!("`model` has {} bytes, and a model's name has at most {LONGEST_MODEL}", model.len()),
        )),
        _ => Ok(()),
    }
}

/// The session that a request names, or a new one.
///
/// The body's `session_id` counts, then `x-session-id`, then the header of Open WebUI, which cannot send a field.
pub(super) fn session(
    application: &Application,
    endpoint: &ServedEndpoint,
    request: &mut OpenAIRequest,
) -> Result<Result<Session, RequestError>, Error> {
    let given = request.session_id.take();
    let from_header = |name: &str| request.get_header(name).filter(|id| !id.is_empty()).map(str::to_owned);
    let named = given.or_else(|| from_header("x-session-id")).or_else(|| from_header("x-openwebui-chat-id"));
    let key = |id| SessionKey::new(endpoint.sessions.clone(), Owner::anonymous(), id);
    let Some(named) = named else {
        return Ok(Ok(Session::Unnamed(key(SessionId::generate()?))));
    };
    let id = match SessionId::parse(&named) {
        Ok(id) => id,
        Err(error) => {
            return Ok(Err(RequestError::invalid_value("session_id", error.to_string())));
        }
    };
    if !application.client_session_ids() && !id.is_generated_form() {
        return Ok(Err(RequestError::invalid_value(
            "session_id",
            "this server does not take session ids that clients choose: leave `session_id` out and send back the id \
             that `x-session-id` announces, or start the server with `client_session_ids = true`",
        )));
    }
    request.session_id = Some(named);
    Ok(Ok(Session::Named(key(id))))
}
