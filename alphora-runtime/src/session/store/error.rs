//! Why a store could not do what it was asked.

use std::time::Duration;

/// Why a store could not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The store cannot be reached, or cannot do anything at the moment. Nothing is lost by asking again.
    #[error("the session store is not available: {reason}")]
    Unavailable {
        /// What happened, without credentials.
        reason: String,
        /// When to try again.
        retry_after: Duration,
    },

    /// The lease has expired and another turn has had the session since: this one can change nothing any more.
    #[error(
        "another turn has taken this session over, because the lease of this one was not renewed in time"
    )]
    Fenced,

    /// The session was deleted, or has expired, while the turn ran.
    #[error("this session was removed while its turn ran")]
    Removed,

    /// One session would take more bytes than it may.
    #[error("the session would take {bytes} bytes, and it may take {limit}")]
    TooLarge {
        /// How many bytes it would take.
        bytes: u64,
        /// How many it may take.
        limit: u64,
    },

    /// What was to be added to the log of a run has no log to be added to.
    #[error("the run has no log: none was opened, or its time is over")]
    UnknownRun,

    /// There is no room, and nothing that could make some.
    #[error("the session store is full")]
    Capacity {
        /// When to try again.
        retry_after: Duration,
    },

    /// What is stored cannot be read. It is left as it is.
    #[error("what is stored cannot be read: {reason}")]
    Corrupt {
        /// What is wrong with it, without what is in it.
        reason: String,
    },
}

impl StoreError {
    /// A store that is not available, to be asked again in a second.
    pub fn unavailable(reason: impl std::fmt::Display) -> Self {
        Self::Unavailable { reason: reason.to_string(), retry_after: Duration::from_secs(1) }
    }
}
