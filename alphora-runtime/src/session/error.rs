//! Why a session could not be had or kept.

use std::convert::Infallible;
use std::time::Duration;

use super::InvalidSessionId;
use crate::error::{Error, ErrorKind};

/// Why a session could not be had or kept. Whatever it says, the session is as it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SessionError {
    /// The text is no session id.
    #[error(transparent)]
    InvalidId(#[from] InvalidSessionId),

    /// Earlier turns of the session are still running.
    #[error("{}; wait for its answer, or try again in {retry_after:?}", busy(*.waited))]
    Busy {
        /// How long this turn has waited; zero if as many turns as may wait were waiting already.
        waited: Duration,
        /// When to try again.
        retry_after: Duration,
    },

    /// Every session that the pool can hold is in use.
    #[error("there is no room for this session while all others are in use; try again in {retry_after:?}")]
    Capacity {
        /// When to try again.
        retry_after: Duration,
    },

    /// The session's memory has grown over the cap of one session.
    #[error(
        "the memory of this session would take {bytes} bytes, and it may take {limit}: start a new session, or let \
         the agent keep less"
    )]
    TooLarge {
        /// How many bytes it would take, its key included.
        bytes: usize,
        /// How many it may take.
        limit: usize,
    },

    /// The session holds a memory of another type.
    #[error(
        "this session holds a `{stored}` and was asked for as a `{asked}`: give agents with different memories \
         different names, or `remove` the session first"
    )]
    WrongMemory {
        /// The type that is stored.
        stored: &'static str,
        /// The type that was asked for.
        asked: &'static str,
    },

    /// The session was removed while its turn ran, so that there is nothing to commit to.
    #[error("this session was removed while its turn ran, and the turn was not kept: begin a new session")]
    Removed,

    /// The session was to be stored for the first time, and another request has begun it meanwhile.
    #[error(
        "this session was begun by another request before the one that created it had ended: wait for an answer \
         before using its session id"
    )]
    Taken,
}

impl SessionError {
    /// When to try again, if that can help.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Busy { retry_after, .. } | Self::Capacity { retry_after } => Some(*retry_after),
            _ => None,
        }
    }
}

fn busy(waited: Duration) -> String {
    if waited.is_zero() {
        "an earlier turn of this session is still running, and no more turns may wait for it".to_owned()
    } else {
        format!("an earlier turn of this session was still running after {waited:?}")
    }
}

impl From<SessionError> for Error {
    fn from(error: SessionError) -> Self {
        Self::new(ErrorKind::Session, error.to_string()).with_source(error)
    }
}

impl From<InvalidSessionId> for Error {
    fn from(error: InvalidSessionId) -> Self {
        SessionError::from(error).into()
    }
}

/// A [`SessionKey`](super::SessionKey) or [`SessionId`](super::SessionId) is a key already.
impl From<Infallible> for SessionError {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}
