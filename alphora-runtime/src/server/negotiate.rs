//! What a request asks for beyond its words: which session, a stream or one piece, and what becomes of its run; within
//! which bounds.

use serde::de::IgnoredAny;

use super::application::{Application, ServedEndpoint};
use super::respond::Refusal;
use crate::agent::{OnDisconnect, Policies, Session};
use crate::session::{Concurrency, Owner, SessionId, SessionKey};
use crate::shown::beginning;
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
pub(super) const LONGEST_MODEL: usize = 256;

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

/// How many tools a request may offer, as OpenAI says; `functions` is their name of old.
pub(super) const MOST_TOOLS: usize = 128;

/// How many texts may end an answer: more than any model server takes.
pub(super) const MOST_STOPS: usize = 64;

/// Refuses more messages than `max_messages`, and parameters that would be work without an end for whoever reads them.
/// More than one answer (`n`) is refused where the body is read.
pub(super) fn check_bounds(request: &OpenAIRequest, max_messages: usize) -> Result<(), RequestError> {
    let check = |name: &str, found: usize, things: &str, most: usize| {
        if found <= most {
            return Ok(());
        }
        let message = format!("`{name}` has {found} {things}, and a request has at most {most}: send fewer");
        Err(RequestError::invalid_value(name, message))
    };
    check("messages", request.messages.len(), "messages", max_messages)?;
    for (name, things, most) in [
        ("tools", "tools", MOST_TOOLS),
        ("functions", "functions", MOST_TOOLS),
        ("stop", "texts", MOST_STOPS),
    ] {
        // What is no list is for the agent to refuse, which alone knows whether it needs it.
        let list = request.raw(name).and_then(|raw| serde_json::from_str::<Vec<IgnoredAny>>(raw.get()).ok());
        check(name, list.map_or(0, |list| list.len()), things, most)?;
    }
    Ok(())
}

/// The header that says what becomes of this run if its client leaves.
pub(super) const ON_DISCONNECT: &str = "x-alphora-on-disconnect";

/// The header that says what this turn does if another one of its session is under way.
pub(super) const CONCURRENCY: &str = "x-alphora-concurrency";

/// The policies of one run: the agent's, unless the request says otherwise where it may.
///
/// It may where that takes nothing from others: a run that goes on has its clocks and its place among the runs, and
/// whoever knows a session can end its runs anyway. What is kept of a failed run is for the agent's author to say.
pub(super) fn policies(agents: Policies, request: &OpenAIRequest) -> Result<Policies, RequestError> {
    let mut policies = agents;
    if let Some(word) = request.get_header(ON_DISCONNECT) {
        policies.on_disconnect = OnDisconnect::from_word(word)
            .ok_or_else(|| wrong_word(ON_DISCONNECT, word, &OnDisconnect::ALL.map(OnDisconnect::as_str)))?;
    }
    if let Some(word) = request.get_header(CONCURRENCY) {
        policies.concurrency = Concurrency::from_word(word)
            .ok_or_else(|| wrong_word(CONCURRENCY, word, &Concurrency::ALL.map(Concurrency::as_str)))?;
    }
    Ok(policies)
}

/// The header that asks for a stream that can be resumed.
pub(super) const RESUMABLE: &str = "x-alphora-resumable";

/// Whether the client may come back for the rest of its stream. Then the run goes on without it: that is what the
/// client asks for, so it wins over the agent's policy, and must not be contradicted by the same request.
pub(super) fn resumable(request: &OpenAIRequest, policies: &mut Policies) -> Result<bool, RequestError> {
    match request.get_header(RESUMABLE) {
        None | Some("0") => return Ok(false),
        Some("1") => {}
        Some(word) => return Err(wrong_word(RESUMABLE, word, &["1", "0"])),
    }
    if !request.stream {
        return Err(RequestError::invalid_value(
            RESUMABLE,
            format!(
                "only a stream can be resumed: send `\"stream\": true`, or leave the header `{RESUMABLE}` out"
            ),
        ));
    }
    if request.get_header(ON_DISCONNECT) == Some(OnDisconnect::Cancel.as_str()) {
        return Err(RequestError::invalid_value(
            ON_DISCONNECT,
            format!(
                "a run that can be resumed goes on when its client leaves: leave the header `{ON_DISCONNECT}` out, or \
                 `{RESUMABLE}`"
            ),
        ));
    }
    policies.on_disconnect = OnDisconnect::Continue;
    Ok(true)
}

/// A run whose answer is kept for the repetitions of its request goes on without its client. The client has asked for
/// that with its key, and must not contradict it in the same request.
pub(super) fn repeatable(request: &OpenAIRequest, policies: &mut Policies) -> Result<(), RequestError> {
    if request.get_header(ON_DISCONNECT) == Some(OnDisconnect::Cancel.as_str()) {
        return Err(RequestError::invalid_value(
            ON_DISCONNECT,
            format!(
                "a run whose answer is kept under an `Idempotency-Key` goes on when its client leaves: leave the header \
                 `{ON_DISCONNECT}` out, or the key"
            ),
        ));
    }
    policies.on_disconnect = OnDisconnect::Continue;
    Ok(())
}

fn wrong_word(header: &str, word: &str, words: &[&str]) -> RequestError {
    RequestError::invalid_value(
        header,
        format!(
            "the header `{header}` is `{}`: send one of `{}`",
            beginning(word).escape_default(),
            words.join("`, `")
        ),
    )
}

/// The session that a request of `owner` names, or a new one.
///
/// The body's `session_id` counts, then `x-session-id`, then the header of Open WebUI, which cannot send a field.
pub(super) fn session(
    application: &Application,
    endpoint: &ServedEndpoint,
    owner: &Owner,
    request: &mut OpenAIRequest,
) -> Result<Session, Refusal> {
    let given = request.session_id.take();
    let from_header = |name: &str| request.get_header(name).filter(|id| !id.is_empty()).map(str::to_owned);
    let named = given.or_else(|| from_header("x-session-id")).or_else(|| from_header("x-openwebui-chat-id"));
    let key = |id| SessionKey::new(endpoint.sessions.clone(), owner.clone(), id);
    let Some(named) = named else {
        let id = SessionId::generate().map_err(|error| Refusal::internal(&error))?;
        return Ok(Session::Unnamed(key(id)));
    };
    let id = SessionId::parse(&named)
        .map_err(|error| RequestError::invalid_value("session_id", error.to_string()))?;
    // An owner's ids meet nobody else's, whoever chooses them.
    let may_choose = owner.name().is_some() || application.client_session_ids();
    if !may_choose && !id.is_generated_form() {
        return Err(Refusal::from(RequestError::invalid_value(
            "session_id",
            "this server does not take session ids that clients choose: leave `session_id` out and send back the id \
             that `x-session-id` announces, or start the server with `client_session_ids = true`",
        )));
    }
    request.session_id = Some(named);
    Ok(Session::Named(key(id)))
}
