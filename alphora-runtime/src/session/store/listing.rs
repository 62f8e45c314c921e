//! What is said of sessions without lending them.

use std::time::SystemTime;

use super::Record;
use crate::session::SessionId;

/// A session as it was last committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSession {
    /// What is known of it.
    pub summary: SessionSummary,
    /// What is stored.
    pub record: Record,
}

/// What is known of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionSummary {
    /// Its id.
    pub id: SessionId,
    /// How often it was committed.
    pub version: u64,
    /// How many bytes its record has.
    pub bytes: u64,
    /// When it was committed for the first time. To the millisecond.
    pub created: SystemTime,
    /// When it was last lent or committed. To the millisecond.
    pub last_used: SystemTime,
    /// When it goes unless somebody uses it. To the millisecond.
    pub expires: SystemTime,
}

/// Which part of a list is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest {
    /// The last id of the page before; nothing for the first page.
    pub after: Option<SessionId>,
    /// How many sessions at most. A store may give fewer, of at least one, while there are more.
    pub limit: usize,
}

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The sessions in the order of their ids' bytes. Those that have expired are not among them.
    pub sessions: Vec<SessionSummary>,
    /// Whether there are more after the last of them.
    pub more: bool,
}

/// How much a store keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StoreStatistics {
    /// Sessions that were committed at least once. Those that have expired may count until they are swept.
    pub sessions: u64,
    /// The bytes of their records.
    pub bytes: u64,
}

/// How much a store keeps at most. Of what a store shares, every process says the same. What a server without a store
/// makes of it, `session_limits` of its configuration says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoreLimits {
    /// The bytes of one session's record; a commit that would make it larger is refused. Default 8 MiB.
    pub session_bytes: u64,
    /// All sessions. In memory, none more is ever kept; elsewhere, what is more goes when it is swept.
    /// Default: none.
    pub sessions: Option<u64>,
    /// The bytes of all records, in the same sense. Default: none.
    pub bytes: Option<u64>,
    /// The sessions of one owner with all agents, in the same sense; those of nobody in particular are not limited
    /// by it. Default: none.
    pub owner_sessions: Option<u64>,
    /// The bytes of one owner's records, in the same sense. Default: none.
    pub owner_bytes: Option<u64>,
}

impl Default for StoreLimits {
    fn default() -> Self {
        Self { session_bytes: 8 << 20, sessions: None, bytes: None, owner_sessions: None, owner_bytes: None }
    }
}
