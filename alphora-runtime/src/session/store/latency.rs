//! How long the operations of a store take.

use std::time::Duration;

#[cfg(any(feature = "redb", feature = "postgres", feature = "redis"))]
mod counting;

#[cfg(any(feature = "redb", feature = "postgres", feature = "redis"))]
pub(crate) use counting::Latencies;

/// What a store is asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Operation {
    /// [`SessionStore::begin`](super::SessionStore::begin).
    Begin,
    /// [`SessionStore::renew`](super::SessionStore::renew).
    Renew,
    /// [`SessionStore::commit`](super::SessionStore::commit).
    Commit,
    /// [`SessionStore::release`](super::SessionStore::release).
    Release,
    /// [`SessionStore::preempt`](super::SessionStore::preempt).
    Preempt,
    /// [`SessionStore::read`](super::SessionStore::read).
    Read,
    /// [`SessionStore::delete`](super::SessionStore::delete).
    Delete,
    /// [`SessionStore::list`](super::SessionStore::list).
    List,
    /// [`SessionStore::statistics`](super::SessionStore::statistics).
    Statistics,
    /// [`SessionStore::sweep`](super::SessionStore::sweep).
    Sweep,
    /// [`SessionStore::check`](super::SessionStore::check).
    Check,
    /// [`RunLog::append`](super::RunLog::append), [`open`](super::RunLog::open) and
    /// [`finish`](super::RunLog::finish).
    LogWrite,
    /// [`RunLog::read`](super::RunLog::read), without the time that it waited for events.
    LogRead,
    /// [`RunLog::cancel`](super::RunLog::cancel) and [`is_cancelled`](super::RunLog::is_cancelled).
    LogCancel,
    /// All of [`LimitStore`](super::LimitStore).
    Limits,
}

impl Operation {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Self::Begin,
        Self::Renew,
        Self::Commit,
        Self::Release,
        Self::Preempt,
        Self::Read,
        Self::Delete,
        Self::List,
        Self::Statistics,
        Self::Sweep,
        Self::Check,
        Self::LogWrite,
        Self::LogRead,
        Self::LogCancel,
        Self::Limits,
    ];

    /// Its name as the value of a metric's label.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Begin => "begin",
            Self::Renew => "renew",
            Self::Commit => "commit",
            Self::Release => "release",
            Self::Preempt => "preempt",
            Self::Read => "read",
            Self::Delete => "delete",
            Self::List => "list",
            Self::Statistics => "statistics",
            Self::Sweep => "sweep",
            Self::Check => "check",
            Self::LogWrite => "log_write",
            Self::LogRead => "log_read",
            Self::LogCancel => "log_cancel",
            Self::Limits => "limits",
        }
    }
}

/// How long one operation has taken since the store was opened, whatever came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OperationLatency {
    /// Which one.
    pub operation: Operation,
    /// How often it came to an end.
    pub count: u64,
    /// How long it took all together. To the microsecond.
    pub sum: Duration,
    /// How long it took at most. To the microsecond.
    pub max: Duration,
}
