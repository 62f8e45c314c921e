//! Why a session could not be had or kept.

use std::convert::Infallible;
use std::time::Duration;

use super::InvalidSessionId;
use super::store::StoreError;
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
        /// How long this turn has waited; zero if it may not wait, or as many turns as may wait did already.
        waited: Duration,
        /// When to try again.
        retry_after: Duration,
    },

    /// A later turn of the session took this one's place while it waited, before it had begun.
    #[error(
        "a later turn of this session took the place of this one before it had begun; nothing of it was done or stored"
    )]
    Superseded,

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

    /// Another process has taken the session over, because this one did not renew its lease in time: it was stopped, or
    /// cut off from the store, for longer than the lease.
    #[error(
        "another server has taken this session over while its turn ran, and the turn was not kept: try again"
    )]
    Conflict,

    /// The store that keeps the sessions cannot be reached, or cannot do anything at the moment.
    #[error("the sessions cannot be reached at the moment; try again in {retry_after:?} ({reason})")]
    Unavailable {
        /// What happened, for the log.
        reason: String,
        /// When to try again.
        retry_after: Duration,
    },

    /// The store has not said whether it has stored the turn, and cannot be reached any more.
    #[error(
        "the sessions could not be reached when the turn was to be stored, and nobody knows whether it was: look \
         before you try again ({reason})"
    )]
    Unsettled {
        /// What happened, for the log.
        reason: String,
    },

    /// What is stored is no memory of the type that was asked for. It is left as it is.
    #[error("what is stored for this session cannot be read, and was left as it is: {reason}")]
    Unreadable {
        /// The type, the versions and the problem, for the log.
        reason: String,
    },

    /// The memory cannot be written.
    #[error("the memory of this session cannot be stored: {reason}")]
    Unwritable {
        /// What serde said, for the log.
        reason: String,
    },

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
            Self::Busy { retry_after, .. }
            | Self::Capacity { retry_after }
            | Self::Unavailable { retry_after, .. } => Some(*retry_after),
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

/// A store's error, as the turn of a session sees it.
impl From<StoreError> for SessionError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable { reason, retry_after } => Self::Unavailable { reason, retry_after },
            StoreError::Fenced => Self::Conflict,
            StoreError::Removed => Self::Removed,
            StoreError::TooLarge { bytes, limit } => Self::TooLarge {
                bytes: usize::try_from(bytes).unwrap_or(usize::MAX),
                limit: usize::try_from(limit).unwrap_or(usize::MAX),
            },
            StoreError::Capacity { retry_after } => Self::Capacity { retry_after },
            StoreError::UnknownRun => Self::Unreadable { reason: error.to_string() },
            StoreError::Corrupt { reason } => Self::Unreadable { reason },
        }
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
