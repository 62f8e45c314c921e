//! From failures of a run to error bodies: the only such mapping.

use std::panic::{AssertUnwindSafe, catch_unwind};

use http::StatusCode;

use super::{Identity, Refusal};
use crate::agent::{Clock, Failure, Run};
use crate::error::PublicError;
use crate::panic::words;
use crate::random::Identifier;
use crate::session::SessionError;
use crate::stream::Interruption;
use crate::wire::ErrorBody;

/// What the client is told of a failed run, and the log of its cause.
pub(super) fn of_run(failure: &Failure, identity: &Identity) -> Refusal {
    let request_id = identity.request_id.as_str();
    let run_id = identity.run_id.as_ref().map(Identifier::as_str);
    match failure {
        Failure::Agent(error) => {
            if let Some(public) = error.public_error() {
                tracing::info!(request_id, run_id, status = public.status, "the agent refused the request");
                return of_agent(public);
            }
            tracing::error!(request_id, run_id, error = ?error, "the agent failed");
            private(request_id)
        }
        Failure::Panicked(text) => {
            tracing::error!(request_id, run_id, panic = text.as_str(), "the agent panicked");
            private(request_id)
        }
        Failure::Session(error) => {
            if error.retry_after().is_some() && !matches!(error, SessionError::Unavailable { .. }) {
                // What passes by itself is a policy's or a limit's doing.
                tracing::info!(request_id, run_id, %error, "the session was not to be had");
            } else {
                tracing::warn!(request_id, run_id, %error, "the session could not be had or kept");
            }
            of_session(error)
        }
        Failure::Interrupted(why) => {
            tracing::info!(request_id, run_id, ?why, "the run was ended");
            of_interruption(*why)
        }
    }
}

/// A run that was ended from outside. It may have done things outside as well: a client's library must not run it
/// again by itself.
pub(in crate::server) fn of_interruption(why: Interruption) -> Refusal {
    match why {
        Interruption::Shutdown => Refusal::new(
            StatusCode::SERVICE_UNAVAILABLE,
            ErrorBody::new("server_error", "the server is stopping and the answer could not be finished")
                .with_code("shutdown"),
        )
        .never_retry(),
        // To a client that has left nothing is said at all.
        Interruption::Cancelled | Interruption::Disconnected => {
            conflict("run_cancelled", "the run was cancelled before its answer was complete")
        }
        Interruption::Superseded { .. } => {
            conflict("run_superseded", "a later turn of this session took the place of this one")
        }
        Interruption::SessionLost => conflict(
            "session_conflict",
            "this session was removed, or another server has taken it over, while its turn ran, and the turn was not kept",
        ),
    }
}

fn conflict(code: &str, message: impl Into<String>) -> Refusal {
    Refusal::new(StatusCode::CONFLICT, ErrorBody::new("conflict_error", message).with_code(code))
        .never_retry()
}

/// A failure whose cause is not the client's business.
fn private(request_id: &str) -> Refusal {
    let message = format!("the agent failed; the server's log has the cause under request id {request_id}");
    Refusal::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        ErrorBody::new("server_error", message).with_code("agent_error"),
    )
    .never_retry()
}

/// A failure that the agent has put into words for the client.
fn of_agent(public: &PublicError) -> Refusal {
    let status = StatusCode::from_u16(public.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let kind = match public.status {
        401 => "authentication_error",
        403 => "permission_error",
        404 => "not_found_error",
        409 => "conflict_error",
        429 => "rate_limit_error",
        400..=499 => "invalid_request_error",
        _ => "server_error",
    };
    let mut body = ErrorBody::new(kind, public.message.as_str());
    if !public.code.is_empty() {
        body = body.with_code(public.code.as_str());
    }
    if let Some(param) = &public.param {
        body = body.with_param(param.as_str());
    }
    Refusal::new(status, body).never_retry()
}

fn of_session(error: &SessionError) -> Refusal {
    let refusal = |status, kind: &str, code: &str| {
        Refusal::new(status, ErrorBody::new(kind, error.to_string()).with_code(code))
    };
    let refusal = match error {
        SessionError::InvalidId(_) => {
            let body = ErrorBody::new("invalid_request_error", error.to_string());
            Refusal::new(StatusCode::BAD_REQUEST, body.with_param("session_id").with_code("invalid_value"))
        }
        SessionError::TooLarge { .. } => {
            refusal(StatusCode::PAYLOAD_TOO_LARGE, "invalid_request_error", "session_too_large").never_retry()
        }
        SessionError::Capacity { .. } => {
            refusal(StatusCode::SERVICE_UNAVAILABLE, "server_error", "session_capacity")
        }
        SessionError::WrongMemory { .. }
        | SessionError::Unreadable { .. }
        | SessionError::Unwritable { .. } => {
            // Types are the server's business; the log has them.
            let body = ErrorBody::new("server_error", "this session cannot be read by this agent");
            Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, body.with_code("session_unreadable"))
                .never_retry()
        }
        SessionError::Unsettled { .. } => {
            let words = "the turn may or may not be stored, because the sessions could not be reached when it was: look \
                         at the session before you send it again";
            let body = ErrorBody::new("server_error", words).with_code("session_unsettled");
            Refusal::new(StatusCode::SERVICE_UNAVAILABLE, body).never_retry()
        }
        SessionError::Superseded => conflict("run_superseded", error.to_string()),
        // The turn has run, and is not kept.
        SessionError::Conflict | SessionError::Removed => conflict("session_conflict", error.to_string()),
        SessionError::Unavailable { .. } => {
            // Where the store is and what it says is the server's business; the log has it.
            let body =
                ErrorBody::new("server_error", "the sessions cannot be reached at the moment: try again");
            Refusal::new(StatusCode::SERVICE_UNAVAILABLE, body.with_code("session_store_unavailable"))
        }
        SessionError::Busy { .. } | SessionError::Taken => {
            refusal(StatusCode::CONFLICT, "conflict_error", "session_busy")
        }
    };
    match error.retry_after() {
        Some(wait) => refusal.retry_after(wait.as_secs().max(1)),
        None => refusal,
    }
}

/// Drops a run that has not ended. Its calls say by then what they have used, and a panic of the agent's is for the log:
/// who drops the run still has to count it.
pub(super) fn drop_run(run: Run, identity: &Identity) {
    // What unwinds is gone; nothing of it is looked at again.
    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| drop(run))) {
        let (run_id, panic) = (identity.run_id.as_ref().map(Identifier::as_str), words(&*panic));
        tracing::error!(run_id, panic, "the agent panicked while its run was dropped");
    }
}

/// A clock has ended a run, whatever its client is told.
pub(super) fn log_clock(clock: Clock, identity: &Identity) {
    let run_id = identity.run_id.as_ref().map(Identifier::as_str);
    tracing::warn!(run_id, ?clock, "a run was ended by its clock");
}

/// A clock that expired before anything was sent.
pub(super) fn of_clock(clock: Clock) -> Refusal {
    let what = match clock {
        Clock::FirstEvent => "the agent has not begun to answer in time",
        Clock::Idle => "the agent has fallen silent",
        Clock::Total => "the agent has not answered in time",
    };
    Refusal::new(StatusCode::GATEWAY_TIMEOUT, ErrorBody::new("server_error", what).with_code("timeout"))
        .never_retry()
}
