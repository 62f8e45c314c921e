//! How a run ended, in the words of the metrics and of the access line.

use crate::agent::{Ending, Failure, Outcome};
use crate::session::SessionError;
use crate::stream::Interruption;

/// How a run ended. Each run ends in exactly one of these ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server) enum RunOutcome {
    /// The method returned, and what it remembers is stored.
    Ok,
    /// One of its clocks expired.
    Timeout,
    /// Somebody asked for its end.
    Cancelled,
    /// Its client left, and it did not go on without.
    Disconnected,
    /// A later turn of its session took its place.
    Superseded,
    /// The server stopped.
    Shutdown,
    /// The agent refused the request, in words for the client.
    Refused,
    /// The agent failed.
    Failed,
    /// The agent panicked.
    Panicked,
    /// Its session was in use for too long.
    SessionBusy,
    /// There was no room for its session, or the session has no more.
    SessionFull,
    /// Another one took its session over, or removed it.
    SessionConflict,
    /// The store could not be reached.
    SessionUnavailable,
    /// Its session cannot be read or written.
    SessionInvalid,
}

impl RunOutcome {
    /// All of them, numbered in this order.
    pub(in crate::server) const ALL: [Self; 14] = [
        Self::Ok,
        Self::Timeout,
        Self::Cancelled,
        Self::Disconnected,
        Self::Superseded,
        Self::Shutdown,
        Self::Refused,
        Self::Failed,
        Self::Panicked,
        Self::SessionBusy,
        Self::SessionFull,
        Self::SessionConflict,
        Self::SessionUnavailable,
        Self::SessionInvalid,
    ];

    /// Its name as the value of a label.
    pub(in crate::server) const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Timeout => "timeout",
            Self::Cancelled => "cancelled",
            Self::Disconnected => "disconnected",
            Self::Superseded => "superseded",
            Self::Shutdown => "shutdown",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::Panicked => "panicked",
            Self::SessionBusy => "session_busy",
            Self::SessionFull => "session_full",
            Self::SessionConflict => "session_conflict",
            Self::SessionUnavailable => "session_unavailable",
            Self::SessionInvalid => "session_invalid",
        }
    }

    /// That of a run that came to an end of its own.
    pub(in crate::server) fn of(outcome: &Outcome) -> Self {
        match outcome {
            Ok(Ending::Completed(_)) => Self::Ok,
            Ok(Ending::Expired(_)) => Self::Timeout,
            Err(Failure::Agent(error)) if error.public_error().is_some() => Self::Refused,
            Err(Failure::Agent(_)) => Self::Failed,
            Err(Failure::Panicked(_)) => Self::Panicked,
            Err(Failure::Session(error)) => Self::of_session(error),
            Err(Failure::Interrupted(why)) => Self::of_interruption(*why),
        }
    }

    /// That of a run that was dropped, after it was asked to end or because its client has left.
    pub(in crate::server) fn of_dropped(interruption: Option<Interruption>) -> Self {
        interruption.map_or(Self::Disconnected, Self::of_interruption)
    }

    fn of_interruption(why: Interruption) -> Self {
        match why {
            Interruption::Shutdown => Self::Shutdown,
            Interruption::Cancelled => Self::Cancelled,
            Interruption::Disconnected => Self::Disconnected,
            Interruption::Superseded { .. } => Self::Superseded,
            Interruption::SessionLost => Self::SessionConflict,
        }
    }

    fn of_session(error: &SessionError) -> Self {
        match error {
            SessionError::Busy { .. } => Self::SessionBusy,
            SessionError::Superseded => Self::Superseded,
            SessionError::Capacity { .. } | SessionError::TooLarge { .. } => Self::SessionFull,
            SessionError::Removed | SessionError::Conflict | SessionError::Taken => Self::SessionConflict,
            SessionError::Unavailable { .. } | SessionError::Unsettled { .. } => Self::SessionUnavailable,
            SessionError::InvalidId(_)
            | SessionError::WrongMemory { .. }
            | SessionError::Unreadable { .. }
            | SessionError::Unwritable { .. } => Self::SessionInvalid,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RunOutcome;

    #[test]
    fn they_are_numbered_in_their_order() {
        for (number, outcome) in RunOutcome::ALL.into_iter().enumerate() {
            assert_eq!(outcome as usize, number, "{}", outcome.name());
        }
    }
}
