//! The clocks of a call, and what is said when one of them expires.

use std::time::Duration;

use tokio::time::Instant;

use crate::model::{ModelError, ModelErrorKind};

/// How long each part of a call may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clocks {
    /// Until a connection is made, each time that one is.
    pub(super) connect: Duration,
    /// From sending an attempt to the first piece of its answer, connecting included.
    pub(super) first_token: Duration,
    /// From any byte of an answer that has begun to the next one. Comments count: they say that the server is there.
    pub(super) idle: Duration,
    /// From the call to its end, with all attempts, the waits between them, and the time that the caller takes to
    /// read.
    pub(super) total: Duration,
}

impl Default for Clocks {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            first_token: Duration::from_secs(120),
            idle: Duration::from_secs(60),
            total: Duration::from_secs(300),
        }
    }
}

/// One of the [`Clocks`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Clock {
    Connect,
    FirstToken,
    Idle,
    Total,
}

impl Clock {
    /// What a call of `model` fails with when this clock expires after `duration`.
    pub(super) fn expired(self, model: &str, duration: Duration) -> ModelError {
        let (what, option) = match self {
            Self::Connect => ("no connection to the server of", "connect_timeout"),
            Self::FirstToken => ("no first token of", "first_token_timeout"),
            Self::Idle => ("nothing more of the answer of", "idle_timeout"),
            Self::Total => ("no complete answer of", "total_timeout"),
        };
        let message = format!("{what} `{model}` within {duration:?}: `{option}` sets this clock");
        ModelError::new(ModelErrorKind::Timeout, message)
    }
}

/// When a clock expires, and which one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deadline {
    /// `None` lies beyond what can be counted.
    at: Option<Instant>,
    pub(super) clock: Clock,
    pub(super) duration: Duration,
}

impl Deadline {
    /// The end of `clock`, which begins now.
    pub(super) fn of(clock: Clock, duration: Duration) -> Self {
        Self { at: Instant::now().checked_add(duration), clock, duration }
    }

    /// Whichever of both comes first.
    pub(super) fn or(self, other: Self) -> Self {
        match (self.at, other.at) {
            (Some(at), Some(before)) if before < at => other,
            (None, _) => other,
            _ => self,
        }
    }

    /// Whether there is time for a wait of `duration`.
    pub(super) fn allows(&self, duration: Duration) -> bool {
        self.at.is_none_or(|at| Instant::now().checked_add(duration).is_some_and(|then| then < at))
    }

    /// What `future` gives, or `None` if this deadline is earlier.
    pub(super) async fn run<T>(&self, future: impl Future<Output = T>) -> Option<T> {
        match self.at {
            Some(at) => tokio::time::timeout_at(at, future).await.ok(),
            None => Some(future.await),
        }
    }

    /// What a call of `model` fails with.
    pub(super) fn expired(&self, model: &str) -> ModelError {
        self.clock.expired(model, self.duration)
    }
}
